import type { SearchAction } from '../../../domain/search-action.ts';
import { hashedKey } from '../values/hashed-key.ts';
import { jsonbOfRecord, readJsonbRecord } from '../values/jsonb.ts';
import { readText, storedText } from '../values/text.ts';
import { versionColumns, versionOf, type VersionRow } from '../values/version-columns.ts';

/** What a statement asks for of an action. */
export const ACTION_COLUMNS = `a.collection, a.document_id, a.generation::text, a.epoch, a.sequence::text, a.leading_zeros, a.fill::text,
  a.stream, a.stream_sequence, a.row_partition, a.row_sort, a.fields::text`;

export interface ActionRow extends VersionRow {
  readonly collection: string;
  readonly document_id: string;
  readonly stream: string;
  readonly stream_sequence: string;
  readonly row_partition: string | null;
  readonly row_sort: string | null;
  readonly fields: string | null;
}

/** An action as JSON; its `id` is the same for the same change of the same document, and for nothing else. */
export function actionJson({ key, version, identity, document, row }: SearchAction): string {
  const columns = JSON.stringify({
    id: hashedKey(identity.stream, identity.sequence, key.collection, key.id),
    document: hashedKey(key.collection, key.id),
    collection: storedText(key.collection),
    document_id: storedText(key.id),
    ...versionColumns(version),
    stream: storedText(identity.stream),
    stream_sequence: storedText(identity.sequence),
    row_partition: row === undefined ? null : storedText(row.partition),
    row_sort: row?.sort === undefined ? null : storedText(row.sort),
  });
  return document === undefined ? columns : `${columns.slice(0, -1)},"fields":${jsonbOfRecord(document)}}`;
}

export function actionOf(row: ActionRow): SearchAction {
  return {
    key: { collection: readText(row.collection), id: readText(row.document_id) },
    version: versionOf(row),
    identity: { stream: readText(row.stream), sequence: readText(row.stream_sequence) },
    document: row.fields === null ? undefined : readJsonbRecord(row.fields),
    row:
      row.row_partition === null
        ? undefined
        : {
            partition: readText(row.row_partition),
            sort: row.row_sort === null ? undefined : readText(row.row_sort),
          },
  };
}

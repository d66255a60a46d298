import { nameOfKey, readOrigin, type RowsState } from '../../domain/derived-rows.ts';
import { rowAs, rowOfDocument } from '../../domain/drift/row-of.ts';
import { Fault } from '../../domain/fault.ts';
import type { Row } from '../../domain/row.ts';
import type { DocumentKey } from '../../domain/search-document.ts';
import type { RowModel } from '../../domain/table-model.ts';
import type { ListedRow } from '../ports/derived-listing.ts';
import type { LookParts } from './look-parts.ts';
import { tryAgain } from './scan-all.ts';
import type { Subject } from './subject.ts';
import type { VerifyParts } from './verify-parts.ts';

/* What to look at for things that were found stored. */

/**
 * Derived rows that no state names. Those that one names are looked at with their sources, or, where these are gone, with the
 * states.
 */
export async function unnotedRows(
  { parts, look }: { readonly parts: Pick<VerifyParts, 'retrier'>; readonly look: LookParts },
  listed: readonly ListedRow[],
  signal: AbortSignal,
): Promise<readonly Subject[]> {
  const sources = listed.map((item) => ({ item, row: sourceOf(look, item) }));
  const named = sources.flatMap(({ item, row }) => (row === undefined ? [] : [{ item, row }]));
  const rows = named.map(({ item: { model }, row }) => ({ model, row }));
  const states =
    rows.length === 0 ? [] : await tryAgain(parts.retrier, () => look.derivedRows.load(rows, signal), signal);
  const unnoted = named.filter(({ item }, at) => !isNoted(states[at], nameOfKey(item.row)));
  return [
    ...unnoted.map(({ item: { model, row: key }, row }): Subject => {
      return { is: 'row', row, listed: [{ derivation: model.name, key }] };
    }),
    ...sources.flatMap(({ item: { model, row: key, source }, row }): Subject | [] =>
      row === undefined ? { is: 'derived row', derivation: model.name, key, source } : [],
    ),
  ];
}

function sourceOf({ model: table }: LookParts, { model, source }: ListedRow): Row | undefined {
  const kind = table.rows.find(({ derivedRows }) => derivedRows.includes(model));
  const origin = readOrigin(source, table.keys);
  return origin === undefined || kind === undefined ? undefined : rowAs(table, kind, origin.row);
}

function isNoted(state: RowsState | undefined | Fault, name: string): boolean {
  if (state === undefined || Fault.is(state)) return false;
  return state.keys.some((key) => nameOfKey(key) === name);
}

/**
 * What to look at for a document: the row that it is of, or the document alone where no row can have it. Undefined where it is of
 * a derivation that is not asked for.
 *
 * @param known the parts of some row of a kind.
 */
export function subjectOfDocument(
  { model: table, isAsked }: LookParts,
  key: DocumentKey,
  known: (kind: RowModel) => readonly string[] | undefined,
): Subject | { readonly unknown: string } | undefined {
  let stray: string | undefined;
  for (const kind of table.rows)
    for (const model of kind.documents) {
      if (model.collection !== key.collection) continue;
      const row = rowOfDocument(table, kind, model, key.id, known(kind));
      if (row === 'unknown')
        return {
          unknown: `its id does not say which row it is of, and the table has no ${kind.name} rows to tell by`,
        };
      if (row !== 'none') return isAsked(model.name) ? { is: 'row', row, listed: [] } : undefined;
      if (isAsked(model.name)) stray ??= model.name;
    }
  return stray === undefined ? undefined : { is: 'document', derivation: stray, key };
}

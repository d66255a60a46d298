import type { Change } from '../../../domain/change.ts';
import { pointedBy } from '../../../domain/pointer.ts';
import { kindsOf } from '../../../domain/roles.ts';
import { keyOf } from '../../../domain/row.ts';
import type { KeySchema } from '../../../domain/table-model.ts';
import { DecodedAttributes } from '../../../domain/value.ts';
import type { Version } from '../../../domain/version.ts';
import { satisfies } from '../../../domain/when.ts';
import { partsJson, pointerColumns, targetId } from '../pointers/pointer-id.ts';
import { jsonbOfRecord } from '../values/jsonb.ts';
import { storedText } from '../values/text.ts';
import { versionColumns } from '../values/version-columns.ts';
import { digestOf, digestOfOld } from './digest.ts';
import type { PointersAmong } from './pointers-among.ts';
import { sortOrder } from './sort-order.ts';
import { partitionId, sourceRowId } from './source-row-id.ts';

/** A change of a row, ready to be sent. */
export interface PreparedChange {
  readonly change: Change;
  readonly id: string;
  /** All but its place, as JSON without the braces. */
  readonly json: string;
  /** For each pointer that the row is, the same. */
  readonly pointers: readonly string[];
}

/** @throws Fault `permanent` when an attribute of the new image cannot be decoded. */
export function preparedChange(change: Change, keys: KeySchema, among: PointersAmong): PreparedChange {
  const { row, version, before, after } = change;
  const key = keyOf(row);
  // Decoded once.
  const attributes = typeof after === 'string' ? undefined : new DecodedAttributes(after.all());
  const kind = attributes && kindsOf(row).find(({ model }) => satisfies(model.when, attributes));
  const id = sourceRowId(key);
  const columns = JSON.stringify({
    id,
    partition: storedText(key.partition),
    sort: key.sort === undefined ? null : storedText(key.sort),
    partition_id: partitionId(key.partition),
    ...sortOrder(key.sort, keys.sortType),
    kind: kind?.model.name ?? null,
    ...versionColumns(version),
    version: versionText(version),
    removed: attributes === undefined,
    before: digestOfOld(before),
    after: typeof after === 'string' ? null : digestOf(after),
  });
  const content = attributes && jsonbOfRecord(Object.fromEntries(attributes.all()));
  const pointers = among.of(row).map((entity) => {
    const target = attributes && targetId(entity, pointedBy(entity.model, attributes));
    const pointer = JSON.stringify({ ...pointerColumns(entity), target: target ?? null });
    return `${pointer.slice(1, -1)},"parts":${partsJson(entity)}`;
  });
  const json = columns.slice(1, -1) + (content === undefined ? '' : `,"attributes":${content}`);
  return { change, id, json, pointers };
}

/** The parameters of a statement: changes are known by their place. Of a row with several, the last says what its pointers are. */
export function replicaParameters(changes: readonly PreparedChange[]): readonly [string, string] {
  const last = new Map(changes.map(({ id }, n) => [id, n]));
  const pointers = changes.flatMap(({ id, pointers }, n) =>
    last.get(id) === n ? pointers.map((json) => `{"n":${n},${json}}`) : [],
  );
  return [`[${changes.map(({ json }, n) => `{"n":${n},${json}}`).join()}]`, `[${pointers.join()}]`];
}

/** One text per version, whatever leading zeros it has. */
function versionText(version: Version): string {
  const { generation, epoch, sequence } = versionColumns(version);
  return `${generation} ${sequence} ${epoch}`;
}

import { type DerivedKey, originText, type RowsMove } from './derived-rows.ts';
import { Fault } from './fault.ts';
import { itemBytes, itemFault, keyBytes, keyFault, MAX_TRANSACTION, utf8Bytes } from './item-limits.ts';
import type { KeyValue } from './key-value.ts';
import { describeRow } from './row-view.ts';
import { storedRow } from './stored-rows.ts';
import type { KeySchema } from './table-model.ts';

/** A permanent Fault for a move that can never be made, because no table takes what it puts; undefined for all others. */
export function rowsMoveFault(move: RowsMove): Fault | undefined {
  const { model, row: source } = move.source;
  const origin = originText(move.source);
  const giver = () => `the derivation ${model.name}, for ${describeRow(source)},`;
  const what = { row: () => `a row that ${giver()} gives`, owner: `a row of ${model.name}` };
  for (const row of move.put) {
    const fault = keyFault(what, keyIn(row, model.keys)) ?? itemFault(what, storedRow(row, origin));
    if (fault !== undefined) return fault;
  }
  if (rowsMoveBytes(move) <= MAX_TRANSACTION.bytes) return undefined;
  return new Fault(
    'permanent',
    `${giver()} gives rows of more than 4 MB together, and DynamoDB takes no more in one transaction`,
    { reason: `${model.name} gives rows of more than 4 MB together` },
  );
}

/** Which attribute of another table's key is which, nobody has said: at least the shorter must be short. */
function keyIn(
  { table, key }: DerivedKey,
  keys: KeySchema,
): { readonly partition: KeyValue; readonly sort: KeyValue | undefined } {
  if (table === undefined)
    return {
      partition: key[keys.partition] ?? '',
      sort: keys.sort === undefined ? undefined : (key[keys.sort] ?? ''),
    };
  const [partition = '', sort] = Object.values(key).toSorted((a, b) => keyBytes(b) - keyBytes(a));
  return { partition, sort };
}

/** What a move writes, about as DynamoDB counts it. */
export function rowsMoveBytes({ source, to, put, remove }: RowsMove): number {
  const origin = utf8Bytes(originText(source));
  let bytes = 2 * origin;
  for (const { key } of [...to.keys, ...remove]) bytes += itemBytes(key) + origin;
  for (const { key, attributes } of put) bytes += itemBytes(key) + itemBytes(attributes) + origin;
  return bytes;
}

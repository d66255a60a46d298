import { marksOf, pointerKey, storedPointer, storedRow } from '../../../src/domain/stored-rows.ts';
import { countKey } from '../../../src/domain/count.ts';
import { keyRecord } from '../../../src/domain/key-value.ts';
import type { ItemKey } from '../../../src/domain/row.ts';
import type { KeySchema } from '../../../src/domain/table-model.ts';
import type { Value } from '../../../src/domain/value.ts';
import type { DerivedState } from '../../../src/application/ports/derived-state.ts';
import { type Image, imageOf } from '../../../src/simulation/rows/image.ts';

export interface Item {
  readonly keys: Image;
  readonly image: Image;
}

/** The derived rows that a worker in memory keeps for its own table, as that table would hold them, by key. */
export async function derivedItems(state: DerivedState, keys: KeySchema): Promise<ReadonlyMap<string, Item>> {
  const items = new Map<string, Item>();
  const add = (key: Readonly<Record<string, Value>>, attributes: Readonly<Record<string, Value>>) => {
    // In the table's order, whatever order they were given in.
    const own = [keys.partition, ...(keys.sort === undefined ? [] : [keys.sort])];
    const entries = own.map((name): [string, Value] => [name, key[name]!]);
    const image = imageOf(
      [...Object.entries(attributes), ...entries].toSorted(([a], [b]) => (a < b ? -1 : 1)),
    );
    items.set(JSON.stringify(imageOf(entries)), { keys: imageOf(entries), image });
  };
  const at = (key: ItemKey) => keyRecord(keys, key);
  for await (const { model, tuple, count } of state.counts())
    add(at(countKey(model, tuple)), { ...tuple, [model.as]: count, ...marksOf(model.name) });
  for await (const { entity, member } of state.pointers())
    add(at(pointerKey(entity)), storedPointer(keys, entity, member));
  for await (const { row, source } of state.derivedRows())
    if (row.table === undefined) add(row.key, storedRow(row, source));
  return items;
}

import type { KeySchema, RowModel } from '../../domain/table-model.ts';
import { ANY, covers, type KeyRule, ruleOf, withoutCovered } from './key-rule.ts';

/** Keys whose partition key follows one of some rules, and whose sort key one of others. */
export interface KeyArea {
  readonly partitions: readonly KeyRule[];
  /** Any, where the table has no sort key. */
  readonly sorts: readonly KeyRule[];
}

/** Where all rows of a kind are, and keys that begin like theirs. */
export function areaOf({ partition, sort }: RowModel): KeyArea {
  return { partitions: [ruleOf(partition)], sorts: [sort === undefined ? ANY : ruleOf(sort)] };
}

/** What either area has, and combinations of the two. */
export function joined(a: KeyArea, b: KeyArea): KeyArea {
  return {
    partitions: withoutCovered([...a.partitions, ...b.partitions]),
    sorts: withoutCovered([...a.sorts, ...b.sorts]),
  };
}

/** The same keys in fewer areas: those that differ in one attribute only become one. */
export function withoutSplits(areas: readonly KeyArea[]): readonly KeyArea[] {
  const together = (some: readonly KeyArea[], attribute: keyof KeyArea) => {
    const alike = new Map<string, KeyArea>();
    for (const area of some) {
      const text = JSON.stringify(area[attribute]);
      const known = alike.get(text);
      alike.set(text, known === undefined ? area : joined(known, area));
    }
    return [...alike.values()];
  };
  return together(together(areas, 'sorts'), 'partitions');
}

/** Whether an area has all keys with this partition key and this sort key. */
export function isWithin({ partitions, sorts }: KeyArea, partition: KeyRule, sort: KeyRule): boolean {
  return partitions.some((rule) => covers(rule, partition)) && sorts.some((rule) => covers(rule, sort));
}

/** Whether anything is derived from rows of a kind. */
export function isNeeded({ documents, counts, pointers, derivedRows, effects }: RowModel): boolean {
  return [documents, counts, pointers, derivedRows, effects].some(({ length }) => length > 0);
}

export type Rows = { readonly rows: readonly RowModel[]; readonly keys: KeySchema };

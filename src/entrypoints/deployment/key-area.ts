import type { Operation } from '../../domain/change.ts';
import type { KeySchema, RowModel } from '../../domain/table-model.ts';
import { ANY, covers, type KeyRule, ruleOf, withoutCovered } from './key-rule.ts';
import { inOrder, neededOperations } from './needed-operations.ts';

/** Some operations on rows whose partition key follows one of some rules, and whose sort key one of others. */
export interface KeyArea {
  readonly partitions: readonly KeyRule[];
  /** Any, where the table has no sort key. */
  readonly sorts: readonly KeyRule[];
  readonly operations: readonly Operation[];
}

/** Where all rows of a kind are, and keys that begin like theirs, with the operations that the worker needs. */
export function areaOf(model: RowModel): KeyArea {
  const { partition, sort } = model;
  return {
    partitions: [ruleOf(partition)],
    sorts: [sort === undefined ? ANY : ruleOf(sort)],
    operations: neededOperations(model),
  };
}

/** What either area has, and combinations of the two. */
export function joined(a: KeyArea, b: KeyArea): KeyArea {
  return {
    partitions: withoutCovered([...a.partitions, ...b.partitions]),
    sorts: withoutCovered([...a.sorts, ...b.sorts]),
    operations: inOrder([...a.operations, ...b.operations]),
  };
}

/** The same in fewer areas: those that differ in one thing only become one. */
export function withoutSplits(areas: readonly KeyArea[]): readonly KeyArea[] {
  const together = (some: readonly KeyArea[], ...same: readonly (keyof KeyArea)[]) => {
    const alike = new Map<string, KeyArea>();
    for (const area of some) {
      const text = JSON.stringify(same.map((name) => area[name]));
      const known = alike.get(text);
      alike.set(text, known === undefined ? area : joined(known, area));
    }
    return [...alike.values()];
  };
  const byOperation = together(areas, 'partitions', 'sorts');
  const byPartition = together(byOperation, 'sorts', 'operations');
  return together(byPartition, 'partitions', 'operations');
}

/** Whether an area has all keys with this partition key and this sort key. */
export function isWithin({ partitions, sorts }: KeyArea, partition: KeyRule, sort: KeyRule): boolean {
  return partitions.some((rule) => covers(rule, partition)) && sorts.some((rule) => covers(rule, sort));
}

/** Whether anything is derived from rows of a kind. */
export function isNeeded(model: RowModel): boolean {
  return neededOperations(model).length > 0;
}

export type Rows = { readonly rows: readonly RowModel[]; readonly keys: KeySchema };

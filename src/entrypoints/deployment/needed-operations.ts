import type { Operation } from '../../domain/change.ts';
import type { RowModel } from '../../domain/table-model.ts';

export const ALL_OPERATIONS: readonly Operation[] = ['INSERT', 'MODIFY', 'REMOVE'];

/**
 * The operations on rows of a kind after which the worker has anything to do or to say: none of a kind that nothing is
 * derived from. Documents, counts and pointers follow every change; rows and effects say which they want (`on`), and a
 * change that none of them wants leaves no trace. Of a strict kind, malformed keys must be reported whatever happened,
 * and a row with a schema must fit it whenever it is written. Where an attribute tells kinds apart, a modification may be the
 * insertion or the removal of a row of the kind.
 */
export function neededOperations(model: RowModel): readonly Operation[] {
  const { documents, counts, pointers, derivedRows, effects, strict, schema, when } = model;
  const wanted = [...derivedRows, ...effects].map(({ on }) => on ?? ALL_OPERATIONS);
  const always = [...documents, ...counts, ...pointers].map(() => ALL_OPERATIONS);
  const needed = new Set([...wanted, ...always].flat());
  if (needed.size === 0) return [];
  if (strict) return ALL_OPERATIONS;
  const checked: readonly Operation[] = schema === undefined ? [] : ['INSERT', 'MODIFY'];
  const told: readonly Operation[] = when === undefined ? [] : ['MODIFY'];
  return inOrder([...needed, ...checked, ...told]);
}

/** Each of these once, always in the same order. */
export function inOrder(operations: readonly Operation[]): readonly Operation[] {
  return ALL_OPERATIONS.filter((one) => operations.includes(one));
}

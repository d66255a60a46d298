import { countKey, type CountModel, type Tuple } from './count.ts';
import { Decimal } from './decimal.ts';
import type { DerivedRow } from './derived-rows.ts';
import { keyRecord } from './key-value.ts';
import type { Entity, Member } from './pointer.ts';
import type { ItemKey } from './row.ts';
import type { KeySchema } from './table-model.ts';
import type { Value } from './value.ts';

/* What rows look like in a table that are derived, keys among their attributes. */

/** Attributes of rows that Contrail writes, beside what the definition says. */
export const MARKS: readonly string[] = ['__edb_e__', '__edb_v__'];

/**
 * Whose a row is that Contrail writes: a derivation's, or states of one kind. In the words of ElectroDB, which reads a row as one
 * of its entities where it has them.
 */
export function marksOf(owner: string): { readonly __edb_e__: string; readonly __edb_v__: string } {
  return { __edb_e__: owner, __edb_v__: '1' };
}

/** The attribute with the number of rows that a sum is of. */
export const ROWS = 'rows';

/** The attribute by which a derived row says what it is derived from, as `originText` has it. */
export const DERIVED_FROM = 'derived_from';

/** A row by its attributes. */
export type StoredRow = Readonly<Record<string, Value>>;

export interface Count {
  readonly model: CountModel;
  readonly tuple: Tuple;
  readonly count: Decimal;
  /** How many rows are counted. */
  readonly rows: number;
}

/** @param at where it is counted, if that is not where the definition has it now. */
export function storedCount(
  keys: KeySchema,
  { model, tuple, count, rows }: Count,
  at = countKey(model, tuple),
): StoredRow {
  return {
    ...tuple,
    ...marksOf(model.name),
    ...(model.amount !== undefined && { [ROWS]: Decimal.parse(String(rows)) as Decimal }),
    [model.as]: count,
    ...keyRecord(keys, at),
  };
}

/** Where an entity's pointer is. */
export function pointerKey({ model, parts }: Entity): ItemKey {
  return { partition: model.partition.render(parts), sort: model.at };
}

/** A pointer without its revision, which is another each time that it is written. */
export function storedPointer(keys: KeySchema, entity: Entity, { attributes }: Member): StoredRow {
  return { ...attributes, ...marksOf(entity.model.name), ...keyRecord(keys, pointerKey(entity)) };
}

/** @param origin what it is derived from. */
export function storedRow({ attributes, key }: DerivedRow, origin: string): StoredRow {
  return { ...attributes, [DERIVED_FROM]: origin, ...key };
}

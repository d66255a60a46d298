import type { Decimal } from '../decimal.ts';
import type { Operation, Origin } from '../change.ts';
import type { RowsModel } from '../derived-rows.ts';
import type { KeySchema } from '../table-model.ts';
import { listProblem, membersOf, named, type Owner, shown } from './problems.ts';
import type { AnyAttributes, KeyTemplates, RowKind, RowOf } from './row.ts';
import { NO_KEYS } from './templates.ts';

/** What happened to a row. */
export interface ChangeOf {
  readonly operation: Operation;
  /** When, in milliseconds since 1970, to the second. */
  readonly at: number | undefined;
  /** Who made the change: a writer, the table's time-to-live process, or replication from another region. */
  readonly origin: Origin;
}

/** A row that is derived from another. */
export interface DerivedRowOf {
  /** The table's name; the table of the source row where it is left out. */
  readonly table?: string;
  /** All attributes of that table's key, each of the type that it has there: a number is not its digits as a string. */
  readonly key: Readonly<Record<string, string | number | bigint | Decimal | Uint8Array>>;
  /** The row's other attributes. */
  readonly attributes?: AnyAttributes;
}

/** Which rows are made of a row, and after which changes. */
export interface RowsSpec<Key, A> {
  /** What is derived from a row: at most 40 rows, an array, one, or undefined. A pure function of the row. */
  readonly of: (
    row: RowOf<Key, A> & { readonly change: ChangeOf },
  ) => readonly DerivedRowOf[] | DerivedRowOf | undefined;
  /** After which operations the rows are derived anew. All by default. */
  readonly on?: readonly Operation[];
  /** Whether rows that are no longer given stay, also when their source is gone. */
  readonly keep?: boolean;
}

/** Rows made of rows, in this table or another. */
export interface Rows {
  readonly is: 'rows';
  readonly of: RowKind;
  readonly spec: RowsSpec<KeyTemplates, AnyAttributes>;
}

/**
 * Derives rows from each row of a kind. What a row no longer gives is removed, unless `keep` is set. Each derived row has
 * one source: two that give the same key are an error, found when it happens, and so is a key of a row that `counts` or a
 * `pointer` writes. A derived row carries the attribute `derived_from`, by which that is known.
 */
export function rows<Key extends KeyTemplates, A>(of: RowKind<Key, A>, spec: RowsSpec<Key, A>): Rows {
  return Object.freeze({ is: 'rows', of, spec } as unknown as Rows);
}

const OPERATIONS: readonly unknown[] = ['INSERT', 'MODIFY', 'REMOVE'] satisfies Operation[];

/**
 * Reads a specification, and adds what is wrong with it to the owner's problems.
 *
 * @param written the rows that other derivations write; may go on to grow until all are read.
 * @param rowOf what a key of the table is; not called before all is read.
 */
export function rowsModel(
  owner: Owner,
  spec: unknown,
  keys: KeySchema | undefined,
  written: RowsModel['written'],
  rowOf: RowsModel['rowOf'],
): RowsModel {
  const { name, problem } = owner;
  const { of, on, keep = false } = membersOf(owner, 'its specification', spec, ['of', 'on', 'keep']);
  if (typeof of !== 'function') problem(`its of must be a function, and is ${shown(of)}`);
  if (typeof keep !== 'boolean') problem(`its keep must be true or false, and is ${shown(keep)}`);
  return {
    name,
    of: named(of, 'the function', name),
    on: operationsOf(owner, on),
    keep: keep === true,
    keys: keys ?? NO_KEYS,
    ...{ written, rowOf },
  };
}

export function operationsOf({ problem }: Owner, on: unknown): readonly Operation[] | undefined {
  if (on === undefined) return undefined;
  const wrong = listProblem(on, (one) => OPERATIONS.includes(one));
  if (wrong === undefined) return on as readonly Operation[];
  problem(`its on must be an array of ${OPERATIONS.join(', ')}, and ${wrong}`);
  return undefined;
}

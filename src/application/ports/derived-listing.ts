import type { CountModel, Tuple } from '../../domain/count.ts';
import type { Decimal } from '../../domain/decimal.ts';
import type { DerivedRow, RowsModel } from '../../domain/derived-rows.ts';
import type { Entity, Member } from '../../domain/pointer.ts';
import type { ItemKey } from '../../domain/row.ts';
import type { Attributes } from '../../domain/value.ts';

/** A pointer, as it is stored. */
export interface ListedPointer {
  readonly is: 'pointer';
  readonly entity: Entity;
  readonly member: Member;
}

/** A count, as it is stored. */
export interface ListedCount {
  readonly is: 'count';
  readonly model: CountModel;
  readonly tuple: Tuple;
  /** Undefined where what is stored is no count that Contrail writes. */
  readonly count: Decimal | undefined;
  /** How many rows are counted in it; undefined where that is no integer. */
  readonly rows: number | undefined;
}

/** A row that is derived by a function, as it is stored. */
export interface ListedRow {
  readonly is: 'row';
  readonly model: RowsModel;
  readonly row: DerivedRow;
  /** What it is derived from, as `DERIVED_FROM` in it says. */
  readonly source: string;
}

/** What is derived from rows and kept beside the search index. */
export type ListedItem = ListedPointer | ListedCount | ListedRow;

/** A state: that something is noted as derived from a row. */
export interface ListedState {
  /** The derivation's name. */
  readonly derivation: string;
  /** The source row's key; undefined where the store keeps only a digest of it. */
  readonly row: ItemKey | undefined;
}

/**
 * Lists what is derived by the derivations of a definition, page by page: memory does not grow with its number. What other
 * derivations have left is passed over.
 */
export abstract class DerivedListing {
  /**
   * What a row of the source table is that a scan has found, where derived items are among its rows: undefined where it is
   * none, and always where they are kept apart.
   *
   * @throws Fault when what tells that cannot be decoded.
   */
  abstract inTable(key: ItemKey, attributes: Attributes): ListedItem | undefined;

  /**
   * Everything derived that `inTable` does not show, in no particular order, each once. What is written meanwhile may be there
   * as it was, or as it is.
   *
   * @param tables other tables that may have derived rows. Those of tables that are not named may be missing.
   * @throws Fault when something cannot be read: a listing that ends without one is complete. Rejects once `signal` is aborted.
   */
  abstract elsewhere(tables: readonly string[], signal?: AbortSignal): AsyncIterable<readonly ListedItem[]>;

  /**
   * The states of rows that are counted, or from which rows are derived, in no particular order, each once. Not those of rows
   * that are gone.
   *
   * @throws Fault as `elsewhere` does.
   */
  abstract states(signal?: AbortSignal): AsyncIterable<readonly ListedState[]>;
}

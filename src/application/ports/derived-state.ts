import type { CountModel, Tuple } from '../../domain/count.ts';
import type { Decimal } from '../../domain/decimal.ts';
import type { DerivedRow, RowsModel } from '../../domain/derived-rows.ts';
import type { Entity, Member } from '../../domain/pointer.ts';
import type { Attributes } from '../../domain/value.ts';
import type { DocumentFields, DocumentKey } from '../../domain/search-document.ts';

/** A pointer. */
export interface PointerFound {
  readonly entity: Entity;
  readonly member: Member;
  /**
   * The row that it points to was never seen, there or gone, by a store that knows of the table only what a feed has
   * shown: whether the pointer is right cannot be told.
   */
  readonly isTargetUnknown?: boolean;
}

/** A count. */
export interface CountFound {
  readonly model: CountModel;
  readonly tuple: Tuple;
  readonly count: Decimal;
}

/** A row that is derived from another by a function. */
export interface DerivedRowFound {
  readonly model: RowsModel;
  readonly row: DerivedRow;
  /** What it is derived from, as `DERIVED_FROM` in it says. */
  readonly source: string;
}

/** Reads everything that is derived, and the rows that it is derived from: for reports and for proof. */
export abstract class DerivedState {
  /** The documents that the search index holds, in no particular order. */
  abstract documents(): AsyncIterable<{ readonly key: DocumentKey; readonly fields: DocumentFields }>;

  /** The pointers, in no particular order. */
  abstract pointers(): AsyncIterable<PointerFound>;

  /** The counts, in no particular order. */
  abstract counts(): AsyncIterable<CountFound>;

  /** The rows that are derived by functions, of all tables, in no particular order. */
  abstract derivedRows(): AsyncIterable<DerivedRowFound>;

  /** The table's rows of the kinds that something is derived from, keys among their attributes. */
  abstract rows(): AsyncIterable<Attributes>;
}

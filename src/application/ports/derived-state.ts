import type { Image } from '../../domain/default-image.ts';
import type { Entity } from '../../domain/row.ts';
import type { Attributes } from '../../domain/value.ts';
import type { DocumentFields, DocumentKey } from '../../domain/search-document.ts';
import type { Tuple } from '../../domain/tuple.ts';

/** A default row. */
export interface DefaultImageFound {
  readonly entity: Entity;
  readonly image: Image;
  /**
   * The image that it points to was never seen, there or gone, by a store that knows of the table only what a feed has
   * shown: whether the row is right cannot be told.
   */
  readonly isImageUnknown?: boolean;
}

/** Reads everything that is derived, and the rows that it is derived from: for reports and for proof. */
export abstract class DerivedState {
  /** The documents that the search index holds, in no particular order. */
  abstract documents(): AsyncIterable<{ readonly key: DocumentKey; readonly fields: DocumentFields }>;

  /** The default rows, in no particular order. */
  abstract defaultImages(): AsyncIterable<DefaultImageFound>;

  /** The counts, none of them zero, in no particular order. */
  abstract tupleCounts(): AsyncIterable<{ readonly tuple: Tuple; readonly count: number }>;

  /** The table's rows of the kinds that something is derived from, `PK` and `SK` among their attributes. */
  abstract rows(): AsyncIterable<Attributes>;
}

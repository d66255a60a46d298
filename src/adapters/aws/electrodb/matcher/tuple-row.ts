import type { Tuple } from '../../../../domain/tuple.ts';
import type { RawKey } from '../batch-get.ts';

/** What joins model and type designator in the sort key of a tuple's row. */
export const TYPE_SEPARATOR = '#TYPE#';

/** A tuple's row. */
export interface TupleRow extends RawKey {
  /** The document client's number, unless somebody else wrote it. */
  readonly count?: unknown;
}

/** The attributes that the key of a tuple's row is made of. */
export function tupleAttributes({ manufacturer, model, typeDesignator }: Tuple) {
  return { manufacturer, model, type_designator: typeDesignator };
}

import { Fault } from '../../../domain/fault.ts';
import { type Tuple, tupleKey } from '../../../domain/tuple.ts';
import type { RawKey } from './batch-get.ts';

/** A tuple's row. */
export interface TupleRow extends RawKey {
  /** The document client's number, or its text. */
  readonly count: { toString(): string };
}

export function tupleKeyOf({ manufacturer, model, typeDesignator }: Tuple): {
  manufacturer: string;
  model: string;
  type_designator: string;
} {
  return { manufacturer, model, type_designator: typeDesignator };
}

/** The table's key joins model and type designator with this: a part that holds it could be either. */
const SEPARATOR = '#TYPE#';

/** A permanent Fault for a tuple that would share its key with another; undefined for all others. */
export function ambiguityOf(tuple: Tuple): Fault | undefined {
  if (!tuple.model.includes(SEPARATOR) && !tuple.typeDesignator.includes(SEPARATOR)) return undefined;
  return new Fault(
    'permanent',
    `the tuple ${tupleKey(tuple)} cannot be told apart in the table: a part of it holds ${SEPARATOR}`,
  );
}

import { Fault } from '../../../../domain/fault.ts';
import { type Tuple, tupleKey } from '../../../../domain/tuple.ts';
import type { RawKey } from '../batch-get.ts';

/** A tuple's row. */
export interface TupleRow extends RawKey {
  /** The document client's number, unless somebody else wrote it. */
  readonly count?: unknown;
}

export function tupleKeyOf({ manufacturer, model, typeDesignator }: Tuple): {
  manufacturer: string;
  model: string;
  type_designator: string;
} {
  return { manufacturer, model, type_designator: typeDesignator };
}

/** The key of a tuple's row as the table has it. */
export function rowKeyOf({ manufacturer, model, typeDesignator }: Tuple): RawKey {
  return { PK: `ICAO#MATCHER#MFR#${manufacturer}`, SK: `MODEL#${model}${SEPARATOR}${typeDesignator}` };
}

/** What joins model and type designator in the table's sort key. The manufacturer has a key of its own. */
const SEPARATOR = '#TYPE#';

/** A permanent Fault for a tuple whose key could be another's as well; undefined for all others. */
export function ambiguityOf(tuple: Tuple): Fault | undefined {
  const { manufacturer, model, typeDesignator } = tuple;
  const joined = model + SEPARATOR + typeDesignator;
  if (isReadableTwice(joined))
    return refusal(tuple, `its model and type designator, joined by ${SEPARATOR}, could be those of another`);
  // In UTF-8, which keys are stored in, every half of a character is the same.
  if (!joined.isWellFormed() || !manufacturer.isWellFormed())
    return refusal(tuple, 'a part of it is not well-formed Unicode');
  return undefined;
}

/** Whether the separator stands between two parts, neither of them empty, at more than one place. They may overlap. */
function isReadableTwice(joined: string): boolean {
  const end = joined.length - SEPARATOR.length;
  const first = joined.indexOf(SEPARATOR, 1);
  const second = joined.indexOf(SEPARATOR, first + 1);
  return second > 0 && second < end;
}

function refusal(tuple: Tuple, why: string): Fault {
  const reason = `a tuple cannot be told apart in the table: ${why}`;
  return new Fault('permanent', `the tuple ${tupleKey(tuple)} cannot be told apart in the table: ${why}`, {
    reason,
  });
}

/** DynamoDB's bounds on keys, in bytes. */
const MAX_KEY_BYTES = { PK: 2048, SK: 1024 };

/** A permanent Fault for a tuple whose key would be longer than DynamoDB takes; undefined for all others. */
export function oversizeOf(tuple: Tuple): Fault | undefined {
  const keys = rowKeyOf(tuple);
  for (const name of ['PK', 'SK'] as const) {
    // A character takes three bytes at the most of every unit that its length counts.
    const bytes = keys[name].length * 3 <= MAX_KEY_BYTES[name] ? 0 : Buffer.byteLength(keys[name]);
    if (bytes <= MAX_KEY_BYTES[name]) continue;
    return new Fault(
      'permanent',
      `the tuple's row cannot be in the table: its ${name}, ${keys[name].slice(0, 60)}…, has ${bytes} bytes, and DynamoDB takes ${MAX_KEY_BYTES[name]}`,
      { reason: `a tuple's ${name} is longer than DynamoDB takes` },
    );
  }
  return undefined;
}

import { Fault } from '../../../../domain/fault.ts';
import { type Tuple, tupleKey } from '../../../../domain/tuple.ts';
import type { RawKey } from '../batch-get.ts';
import { TYPE_SEPARATOR } from './tuple-row.ts';

/** DynamoDB's bounds on keys, in bytes. */
const MAX_KEY_BYTES = { PK: 2048, SK: 1024 };

/** A permanent Fault for a tuple that cannot have a row of its own, with this key; undefined for all others. */
export function tupleFault(tuple: Tuple, key: RawKey): Fault | undefined {
  return ambiguityOf(tuple) ?? oversizeOf(key);
}

/** For a tuple whose key could be another's as well. */
function ambiguityOf(tuple: Tuple): Fault | undefined {
  const { manufacturer, model, typeDesignator } = tuple;
  const joined = model + TYPE_SEPARATOR + typeDesignator;
  if (isReadableTwice(joined))
    return ambiguous(
      tuple,
      `its model and type designator, joined by ${TYPE_SEPARATOR}, could be another tuple's`,
    );
  // In UTF-8, which keys are stored in, every half of a character is the same.
  if (!joined.isWellFormed() || !manufacturer.isWellFormed())
    return ambiguous(tuple, 'a part of it is not well-formed Unicode');
  return undefined;
}

/** Whether the separator stands between two parts, neither of them empty, at more than one place. They may overlap. */
function isReadableTwice(joined: string): boolean {
  const end = joined.length - TYPE_SEPARATOR.length;
  const first = joined.indexOf(TYPE_SEPARATOR, 1);
  const second = joined.indexOf(TYPE_SEPARATOR, first + 1);
  return second > 0 && second < end;
}

function ambiguous(tuple: Tuple, why: string): Fault {
  return new Fault('permanent', `the tuple ${tupleKey(tuple)} has no unambiguous key: ${why}`, {
    reason: `a tuple has no unambiguous key: ${why}`,
  });
}

/** For a tuple whose key would be longer than DynamoDB takes. */
function oversizeOf(key: RawKey): Fault | undefined {
  for (const name of ['PK', 'SK'] as const) {
    const bytes = Buffer.byteLength(key[name]);
    if (bytes > MAX_KEY_BYTES[name])
      return new Fault(
        'permanent',
        `the tuple's row cannot be stored: its ${name}, ${key[name].slice(0, 60)}…, is ${bytes} bytes, and DynamoDB accepts ${MAX_KEY_BYTES[name]}`,
        { reason: `a tuple's ${name} is longer than DynamoDB accepts` },
      );
  }
  return undefined;
}

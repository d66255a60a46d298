import { Decimal } from './decimal.ts';
import type { Fault } from './fault.ts';
import { canonicalKeyText, type KeyType, type KeyValue, keyValueOf } from './key-value.ts';
import type { KeySchema } from './table-model.ts';

const WORDS = { S: 'string', N: 'number', B: 'bytes' };

/**
 * The values of a key, as a function of a definition has given them for a derived row.
 *
 * @param keys of the row's table; undefined where that is another, of whose keys nothing is known.
 * @param wrong makes the Fault to throw of a problem, and of a reason where that says more than the problem may.
 */
export function keyFrom(
  given: object,
  keys: KeySchema | undefined,
  wrong: (problem: string, reason?: string) => Fault,
): Readonly<Record<string, KeyValue>> {
  const key: Record<string, KeyValue> = {};
  for (const [name, value] of Object.entries(given) as [string, unknown][]) {
    if (name === '__proto__') throw wrong('whose key has an attribute named __proto__');
    const expected = keys && typeOfAttribute(name, keys);
    const type = typeOf(value);
    if (type === undefined || (expected ?? type) !== type)
      throw wrong(`whose key has no ${expected ? WORDS[expected] : 'string, number or bytes'} as ${name}`);
    key[name] = valueOf(name, value, wrong);
  }
  return key;
}

function typeOfAttribute(name: string, keys: KeySchema): KeyType | undefined {
  if (name === keys.partition) return keys.partitionType;
  return name === keys.sort ? keys.sortType : undefined;
}

function typeOf(value: unknown): KeyType | undefined {
  if (typeof value === 'string') return value.isWellFormed() ? 'S' : undefined;
  if (typeof value === 'number' || typeof value === 'bigint' || Decimal.is(value)) return 'N';
  return value instanceof Uint8Array ? 'B' : undefined;
}

function valueOf(name: string, value: unknown, wrong: (problem: string, reason?: string) => Fault): KeyValue {
  if (typeof value === 'string' || value instanceof Uint8Array) {
    if (value.length === 0) throw wrong(`whose key has an empty ${name}`);
    return typeof value === 'string' ? value : new Uint8Array(value);
  }
  const written = Decimal.is(value) ? value.text : String(value);
  const digits = canonicalKeyText(written, 'N');
  if (digits !== undefined) return keyValueOf(digits, 'N');
  const problem = 'which is no number that a table can hold';
  throw wrong(`whose key has ${written} as ${name}, ${problem}`, `whose key has a ${name}, ${problem}`);
}

import { base64 } from './base64.ts';
import { Decimal } from './decimal.ts';
import { type Value, ValueSet } from './value.ts';

/** An object of parsed JSON. */
export type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A value as JSON, on one line: numbers with every digit, sets as arrays in a fixed order, bytes as base64.
 * `JSON.stringify` would round numbers, and calls `toJSON`, which may be an attribute's name.
 */
export function toJson(value: Value): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (value instanceof Decimal) return value.text;
  if (value instanceof Uint8Array) return JSON.stringify(base64(value));
  if (value instanceof ValueSet) return `[${value.members.map(toJson).toSorted().join()}]`;
  if (Array.isArray(value)) return `[${(value as readonly Value[]).map(toJson).join()}]`;
  let members = '';
  for (const name of Object.keys(value)) {
    const member = (value as Members)[name] as Value;
    const json = typeof member === 'string' ? JSON.stringify(member) : toJson(member);
    members += `${members === '' ? '"' : ',"'}${PLAIN.test(name) ? name : JSON.stringify(name).slice(1, -1)}":${json}`;
  }
  return `{${members}}`;
}

/** Names that nothing in is escaped: nearly all. */
const PLAIN = /^\w+$/;

type Members = Readonly<Record<string, Value>>;

/** Bytes of UTF-8 that a value's JSON takes at most, as a queue takes it. Costs less than the JSON. */
export function mostJsonBytes(value: Value): number {
  // An escape has six characters.
  if (typeof value === 'string') return 2 + 6 * value.length;
  if (typeof value !== 'object' || value === null) return 5;
  if (value instanceof Decimal) return value.text.length;
  if (value instanceof Uint8Array) return 6 + 2 * value.length;
  if (value instanceof ValueSet) return sumOf(value.members);
  if (Array.isArray(value)) return sumOf(value as readonly Value[]);
  return sumOf([...Object.keys(value), ...Object.values(value)]);
}

function sumOf(values: readonly Value[]): number {
  return values.reduce<number>((bytes, value) => bytes + 1 + mostJsonBytes(value), 2);
}

/**
 * JSON as SQS takes it, which refuses U+FFFE, U+FFFF, controls and lone surrogates, and no other character. The last two
 * `JSON.stringify` has escaped already; the first occur inside strings only, where an escape means the same.
 */
export function sendable(json: string): string {
  return json.replaceAll(UNSENDABLE, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`);
}

const UNSENDABLE = /[\ufffe\uffff]/g;

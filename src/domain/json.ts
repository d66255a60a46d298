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
  const plain = plainMembers(value as Members);
  if (plain !== undefined) return JSON.stringify(plain);
  const members = Object.keys(value).map(
    (name) => `${JSON.stringify(name)}:${toJson((value as Members)[name] as Value)}`,
  );
  return `{${members.join()}}`;
}

type Members = Readonly<Record<string, Value>>;

/**
 * The members as `JSON.stringify` writes them with every digit: at once, it takes half the time of one after the other. Undefined
 * where one is no text, no short number, or of a name that an assignment takes for something else.
 */
function plainMembers(members: Members): Readonly<Record<string, unknown>> | undefined {
  const plain: Record<string, unknown> = {};
  // An array of its names would be needed once for each object.
  for (const name in members) {
    if (!Object.hasOwn(members, name)) continue;
    const member = members[name];
    const written = member instanceof Decimal ? member.short : member;
    if (name === '__proto__' || (typeof written === 'object' && written !== null) || written === undefined)
      return undefined;
    plain[name] = written;
  }
  return plain;
}

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

/** Bytes that it takes at least: known also of what is longer than any text can be. */
export function leastJsonBytes(value: Value): number {
  if (typeof value === 'string') return 2 + value.length;
  if (typeof value !== 'object' || value === null) return 4;
  if (value instanceof Decimal) return value.text.length;
  if (value instanceof Uint8Array) return value.length;
  const parts =
    value instanceof ValueSet
      ? value.members
      : Array.isArray(value)
        ? (value as readonly Value[])
        : [...Object.keys(value), ...Object.values(value)];
  return parts.reduce<number>((bytes, part) => bytes + leastJsonBytes(part), 2);
}

/**
 * JSON as SQS takes it, which refuses U+FFFE, U+FFFF, controls and lone surrogates, and no other character. The last two
 * `JSON.stringify` has escaped already; the first occur inside strings only, where an escape means the same.
 */
export function sendable(json: string): string {
  return json.replaceAll(UNSENDABLE, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`);
}

const UNSENDABLE = /[\ufffe\uffff]/g;

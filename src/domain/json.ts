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
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}:${toJson(member)}`);
  return `{${members.join()}}`;
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

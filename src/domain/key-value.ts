import { base64url, bytesIn } from './base64.ts';
import { compareTexts, compareUtf8 } from './compare-texts.ts';
import { Decimal } from './decimal.ts';
import type { ItemKey } from './row.ts';
import type { KeySchema } from './table-model.ts';
import type { Value } from './value.ts';

/** What an attribute of a table's key holds, as DynamoDB calls it: a string, a number or bytes. */
export type KeyType = 'S' | 'N' | 'B';

/** What an attribute of a key is given as, by its type: a string, a number with all its digits, or bytes. */
export type KeyValue = string | Decimal | Uint8Array;

/** A part of a key that is the whole of an attribute of type N or B. */
export interface TypedPart {
  readonly part: string;
  readonly attribute: string;
  readonly type: KeyType;
}

/** Nearly all numbers in keys: they need no parsing. */
const INTEGER = /^(?:0|-?[1-9]\d{0,37})$/;

/**
 * The text that stands for the same value of a key, whatever it is written like: `1.0` and `1e0` are `1`.
 *
 * @returns undefined where no key of the type can hold what the text says.
 */
export function canonicalKeyText(text: string, type: KeyType): string | undefined {
  if (type === 'S') return text;
  if (type === 'B') {
    const bytes = bytesIn(text);
    return bytes && base64url(bytes);
  }
  if (INTEGER.test(text)) return text;
  const number = Decimal.parse(text);
  return number?.isStorable() ? number.digits : undefined;
}

/** The text of an attribute of a key: of a number its digits, of bytes base64url; undefined where it is of another type. */
export function keyTextOf(value: Value | undefined, type: KeyType): string | undefined {
  if (type === 'S') return typeof value === 'string' ? value : undefined;
  if (type === 'N') return value instanceof Decimal ? canonicalKeyText(value.text, type) : undefined;
  return value instanceof Uint8Array ? base64url(value) : undefined;
}

/** @param text as `canonicalKeyText` has it. */
export function keyValueOf(text: string, type: KeyType): KeyValue {
  if (type === 'S') return text;
  return (type === 'N' ? Decimal.parse(text) : bytesIn(text)) ?? text;
}

/** A key by the names of the table's key attributes. */
export function keyRecord(keys: KeySchema, { partition, sort }: ItemKey): Readonly<Record<string, KeyValue>> {
  const inPartition = { [keys.partition]: keyValueOf(partition, keys.partitionType) };
  return keys.sort === undefined
    ? inPartition
    : { ...inPartition, [keys.sort]: keyValueOf(sort ?? '', keys.sortType) };
}

/** So many digits a JavaScript number holds exactly, with a sign and a point. */
const EXACT = 15;

/** Order as DynamoDB sorts: strings by their UTF-8 bytes, numbers by what they say, bytes by bytes. Takes canonical texts. */
export function compareKeyTexts(type: KeyType, a: string, b: string): number {
  if (type === 'S') return compareUtf8(a, b);
  if (type === 'N' && a.length <= EXACT && b.length <= EXACT) return Number(a) - Number(b);
  const [one, other] = [keyValueOf(a, type), keyValueOf(b, type)];
  if (one instanceof Decimal && other instanceof Decimal) return one.compare(other);
  return compareTexts(hexOf(one), hexOf(other));
}

function hexOf(value: KeyValue): string {
  return value instanceof Uint8Array
    ? Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('')
    : String(value);
}

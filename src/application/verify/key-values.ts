import { Decimal } from '../../domain/decimal.ts';
import type { KeyAttributeSpec, TableDefinition } from '../../domain/definition/define-table.ts';
import type { KeyType } from '../../domain/key-value.ts';
import type { Attributes, Value } from '../../domain/value.ts';

/*
 * Keys as the definition's author wrote them down: what their attributes are called, of which type they are, which texts stand
 * for them and how those are ordered. As the rest of the recount, on its own.
 */

export interface KeyAttribute {
  readonly name: string;
  readonly type: KeyType;
}

export interface Keys {
  readonly partition: KeyAttribute;
  readonly sort: KeyAttribute | undefined;
}

export function keysOf({ spec: { keys } }: Pick<TableDefinition, 'spec'>): Keys {
  const attributeOf = (given: KeyAttributeSpec): KeyAttribute =>
    typeof given === 'string' ? { name: given, type: 'S' } : given;
  return {
    partition: attributeOf(keys.partition),
    sort: keys.sort === undefined ? undefined : attributeOf(keys.sort),
  };
}

/** The text of a row's key attribute; undefined where the row cannot be of a table with such keys. */
export function textIn(row: Attributes, { name, type }: KeyAttribute): string | undefined {
  return textOf(row.get(name), type);
}

/** The text that stands for a value: of a number its digits, of bytes base64url; undefined where it is of another type. */
export function textOf(value: Value | undefined, type: KeyType): string | undefined {
  if (type === 'N') return value instanceof Decimal ? canonical(value.text, type) : undefined;
  if (type === 'B') return value instanceof Uint8Array ? Buffer.from(value).toString('base64url') : undefined;
  // Half a character is not text, so it cannot be part of a key.
  return typeof value === 'string' && value.isWellFormed() ? value : undefined;
}

/** The one text for what a text says; undefined where the type cannot say it. */
export function canonical(text: string, type: KeyType): string | undefined {
  if (type === 'S') return text;
  if (type === 'B')
    return /^[\w-]+$/.test(text) ? Buffer.from(text, 'base64url').toString('base64url') : undefined;
  const number = Decimal.parse(text);
  if (!number?.isStorable()) return undefined;
  const [, sign = '', digits = '0', exponent = '0'] = /^(-?)(\d+)(?:e(.+))?$/.exec(number.canonical) ?? [];
  const places = Number(exponent);
  if (places >= 0) return sign + digits + '0'.repeat(places);
  const padded = digits.padStart(1 - places, '0');
  return `${sign}${padded.slice(0, places)}.${padded.slice(places)}`;
}

/** Whether a sort key stands after another: numbers by what they say, bytes and texts byte by byte. */
export function isAfter(a: string, b: string, type: KeyType): boolean {
  if (type === 'N') return isGreater(a, b);
  const encoding = type === 'B' ? 'base64url' : 'utf8';
  return Buffer.compare(Buffer.from(a, encoding), Buffer.from(b, encoding)) > 0;
}

function isGreater(a: string, b: string): boolean {
  const isNegative = a.startsWith('-');
  if (isNegative !== b.startsWith('-')) return !isNegative;
  const [one, other] = isNegative ? [b.slice(1), a.slice(1)] : [a, b];
  const [whole = '', fraction = ''] = one.split('.');
  const [otherWhole = '', otherFraction = ''] = other.split('.');
  if (whole.length !== otherWhole.length) return whole.length > otherWhole.length;
  // Of equally many digits before the point, the texts are in the order of the numbers.
  return whole === otherWhole ? fraction > otherFraction : whole > otherWhole;
}

import { Decimal } from '../../../domain/decimal.ts';
import { type Value, ValueSet } from '../../../domain/value.ts';
import { digitsOf } from './numbers.ts';

/** Blanks, punctuation and controls of all alphabets. */
const BETWEEN_WORDS = /[\p{Z}\p{P}\p{C}]+/u;
const ASCII = /^[\u0000-\u007f]*$/;
const MARKS = /\p{M}+/gu;

/** The words of a text. Alphabets that write words without blanks between them are not taken apart. */
export function wordsOf(text: string): string[] {
  return text.split(BETWEEN_WORDS);
}

/** A word as it is looked up: in small letters and without accents, so that `Zürich` is found as `zurich`. */
export function folded(word: string): string {
  return ASCII.test(word) ? word.toLowerCase() : word.normalize('NFKD').replace(MARKS, '').toLowerCase();
}

/**
 * What there is to find in a field: texts, the digits of numbers, `true` and `false`; in lists, sets and maps all that they hold.
 * There is nothing to find in bytes and null.
 */
export function textOf(value: Value): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (value === null || value instanceof Uint8Array) return '';
  if (value instanceof Decimal) return digitsOf(value);
  const members =
    value instanceof ValueSet
      ? value.members
      : Array.isArray(value)
        ? (value as readonly Value[])
        : Object.values(value as Readonly<Record<string, Value>>);
  return members.map(textOf).join('\n');
}

import type { Decimal } from '../../../domain/decimal.ts';

/**
 * The order of two numbers, to the last digit; undefined where both are beyond what a table holds, and not the same. Doubles
 * decide nearly always, and cost little: rounding may make different numbers equal, but never turns their order.
 */
export function compareNumbers(a: Decimal, b: Decimal): number | undefined {
  const [one, other] = [Number(a.text), Number(b.text)];
  if (one !== other) return one < other ? -1 : 1;
  if (a.text === b.text) return 0;
  // The digits of a huge exponent would be as many.
  if (a.isStorable() && b.isStorable()) return a.compare(b);
  return a.equals(b) ? 0 : undefined;
}

/** As many digits as a table holds, and neither a sign that means nothing, nor zeros. */
const PLAIN = /^(?:0|-?[1-9]\d{0,37})$/;

/** A number in digits alone: the same for numbers that are the same. */
export function digitsOf(number: Decimal): string {
  if (PLAIN.test(number.text)) return number.text;
  return number.isStorable() ? number.digits : number.canonical;
}

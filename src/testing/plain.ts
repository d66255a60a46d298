import { Decimal } from '../domain/decimal.ts';
import { type Value, ValueSet } from '../domain/value.ts';

/**
 * A value as tests write it: a number where JavaScript holds it exactly, else a bigint, or a Decimal where it is no integer.
 * Sets are in a fixed order, so that two that are equal look the same.
 */
export function plainOf(value: Value): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Decimal) return plainNumber(value);
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (value instanceof ValueSet) return new Set(value.members.map(plainOf).toSorted(byText));
  if (Array.isArray(value)) return (value as readonly Value[]).map(plainOf);
  return plainRecord(value as Readonly<Record<string, Value>>);
}

/** An object as a literal makes it; an attribute named `__proto__` is an attribute. */
export function plainRecord(values: Readonly<Record<string, Value>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, plainOf(value)]));
}

function plainNumber(value: Decimal): unknown {
  const number = Number(value.text);
  if (Number.isFinite(number) && Decimal.parse(String(number))?.equals(value)) return number;
  const { digits } = value;
  return digits.includes('.') ? Decimal.parse(digits) : BigInt(digits);
}

function byText(a: unknown, b: unknown): number {
  const [left, right] = [String(a), String(b)];
  return Number(left > right) - Number(left < right);
}

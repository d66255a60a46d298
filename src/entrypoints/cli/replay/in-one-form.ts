import { compareTexts } from '../../../domain/compare-texts.ts';
import { Decimal } from '../../../domain/decimal.ts';
import { type Value, ValueSet } from '../../../domain/value.ts';

/**
 * A value as it is written whatever store it comes from: maps have their names in one order, at every depth, and a number is written in one
 * way. Not every store keeps the order of names, or tells `1.50`, `1.5` and `15e-1` apart.
 */
export function inOneForm(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Decimal) return numberInOneForm(value);
  if (value instanceof Uint8Array) return value;
  if (value instanceof ValueSet)
    return new ValueSet(
      value.members.map((member) => (member instanceof Decimal ? numberInOneForm(member) : member)),
    );
  if (Array.isArray(value)) return (value as readonly Value[]).map(inOneForm);
  return fieldsInOneForm(value as Readonly<Record<string, Value>>);
}

/** The same of attributes or fields. The object has no prototype, so that `__proto__` is a name like any other. */
export function fieldsInOneForm(values: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  const ordered = Object.create(null) as Record<string, Value>;
  for (const name of Object.keys(values).toSorted(compareTexts))
    ordered[name] = inOneForm(values[name] ?? null);
  return ordered;
}

/** From so many signs on, JavaScript writes an exponent. */
const MANY = 21;

/** All of its digits, or an exponent where that is shorter and they are many. */
function numberInOneForm(number: Decimal): Decimal {
  if (Number.isSafeInteger(number.short)) return number;
  const { canonical } = number;
  const digits = number.isStorable() ? number.digits : canonical;
  const text = digits.length > MANY && canonical.length < digits.length ? canonical : digits;
  return Decimal.parse(text) ?? number;
}

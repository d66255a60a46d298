import { compareTexts } from '../../../domain/compare-texts.ts';
import { Decimal } from '../../../domain/decimal.ts';
import { type Value, ValueSet } from '../../../domain/value.ts';

/** A value whose maps have their names in one order, at every depth: not every store keeps the order that they were written in. */
export function inNameOrder(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Decimal || value instanceof Uint8Array || value instanceof ValueSet) return value;
  if (Array.isArray(value)) return (value as readonly Value[]).map(inNameOrder);
  return namesInOrder(value as Readonly<Record<string, Value>>);
}

/** The same of attributes or fields. The object has no prototype, so that `__proto__` is a name like any other. */
export function namesInOrder(values: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  const ordered = Object.create(null) as Record<string, Value>;
  for (const name of Object.keys(values).toSorted(compareTexts))
    ordered[name] = inNameOrder(values[name] ?? null);
  return ordered;
}

import { compareTexts } from './compare-texts.ts';
import { Decimal } from './decimal.ts';
import { type Value, ValueSet } from './value.ts';

/** One string per value: the same for two values exactly when `equalValues` says that they are equal. */
export function canonicalText(value: Value): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (value instanceof Decimal) return value.canonical;
  if (value instanceof Uint8Array) return `<${value.join()}>`;
  if (value instanceof ValueSet)
    return `(${[...new Set(value.members.map(canonicalText))].toSorted(compareTexts).join()})`;
  if (Array.isArray(value)) return `[${(value as readonly Value[]).map(canonicalText).join()}]`;
  return canonicalRecord(Object.entries(value));
}

/** One string for a map from names to values, whatever the order of its names. */
export function canonicalRecord(entries: Iterable<readonly [string, Value]>): string {
  const members = Array.from(entries, ([name, value]) => `${JSON.stringify(name)}:${canonicalText(value)}`);
  return `{${members.toSorted(compareTexts).join()}}`;
}

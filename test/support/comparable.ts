import { Decimal } from '../../src/domain/decimal.ts';
import type { DocumentFields } from '../../src/domain/search-document.ts';
import { type SetMember, type Value, ValueSet } from '../../src/domain/value.ts';
import { map } from './factories.ts';

/**
 * A value in one comparable form: numbers by what they are worth, sets and names sorted. Written apart from the
 * domain's own equality, which tests must not take on trust.
 */
export function comparable(value: Value | undefined): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Decimal) return { number: comparableNumber(value.text) };
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('base64') };
  if (value instanceof ValueSet) return { set: sorted(value.members.map(comparable)) };
  if (Array.isArray(value)) return (value as readonly Value[]).map(comparable);
  return { map: comparableFields(value as DocumentFields) };
}

/** Fields, sorted by name, each in comparable form. */
export function comparableFields(fields: Readonly<Record<string, Value>>): unknown {
  return sorted(Object.keys(fields).map((name) => [name, comparable(fields[name])]));
}

/** Fields as an index holds them: JSON knows neither sets nor bytes. */
export function indexedFields(fields: DocumentFields | undefined): unknown {
  return (
    fields && sorted(Object.keys(fields).map((name) => [name, comparable(indexed(fields[name] ?? null))]))
  );
}

function indexed(value: Value): Value {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof ValueSet) return sortedMembers(value.members).map(indexed);
  if (value === null || typeof value !== 'object' || value instanceof Decimal) return value;
  if (Array.isArray(value)) return (value as readonly Value[]).map(indexed);
  return map(...Object.entries(value).map(([name, inner]) => [name, indexed(inner)] as const));
}

function sortedMembers(members: readonly SetMember[]): SetMember[] {
  const textOf = (member: SetMember) =>
    member instanceof Uint8Array ? Buffer.from(member).toString('base64') : String(member);
  return members.toSorted((a, b) => (textOf(a) < textOf(b) ? -1 : 1));
}

function sorted(items: readonly unknown[]): unknown[] {
  return items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

function comparableNumber(text: string): string {
  const [, sign, whole, fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  if (whole === undefined) return `not a number: ${text}`;
  const digits = whole + fraction;
  const worth = BigInt(digits);
  const trailing = /0*$/.exec(digits)?.[0].length ?? 0;
  if (worth === 0n) return '0';
  return `${sign}${digits.slice(0, digits.length - trailing).replace(/^0+/, '')}e${Number(exponent) - fraction.length + trailing}`;
}

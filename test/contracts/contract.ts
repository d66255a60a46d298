import { randomUUID } from 'node:crypto';
import { Decimal } from '../../src/domain/decimal.ts';
import type { DocumentFields } from '../../src/domain/search-document.ts';
import { type SetMember, type Value, ValueSet } from '../../src/domain/value.ts';
import { decimal, map } from '../support/factories.ts';

/** What an implementation can do: a test of what it cannot is skipped, with the reason in its title. */
export type Capability = 'yes' | { readonly no: string };

/** Defines a test that only implementations with the capability must pass. */
export function whenAble(capability: Capability, title: string, test: () => Promise<void>): void {
  if (capability === 'yes') it(title, test);
  else it.skip(`${title} (${capability.no})`, test);
}

let counter = 0;
const RUN = randomUUID().slice(0, 8);

/** A text that no other test and no other run uses, so that tests can share a server. */
export function unique(name: string): string {
  return `${name}-${RUN}-${++counter}`;
}

/** Names that break careless keys, queries, paths and JSON. Each is legal in every part of a key. */
export const HOSTILE_NAMES = [
  'with #hash',
  'with %23 and 100%',
  'with / and \\ and ?',
  `with "quotes", 'quotes' and \`ticks\``,
  'with  blanks ',
  'Ünïcödé 北海 ✈️ 🛩',
  'e\u0301 is not \u00e9',
  '__proto__',
  'constructor',
  'UPPER and lower',
  "'; DROP TABLE images; --",
  'line\nbreak\ttab',
  'colon:colon',
  '$1 {{x}} ${y}',
  '007',
  'a long name '.repeat(20) + 'ü'.repeat(60),
];

/** What the one of the hostile values is called on which clients stumble that build objects by assignment. */
export const PROTOTYPE_NAMES = 'a map with the name __proto__';

/** Values that are easily damaged on the way to a database and back. */
export const HOSTILE_VALUES: readonly (readonly [what: string, value: Value])[] = [
  ['38 digits', decimal('12345678901234567890123456789012345678')],
  ['38 digits after the point', decimal('-0.12345678901234567890123456789012345678')],
  ['a number above what a double holds exactly', decimal('9007199254740993.5')],
  ['a large exponent', decimal('1E+125')],
  ['a small exponent', decimal('-9.9E-128')],
  ['zero', decimal('0')],
  ['a string of digits', '0012'],
  ['an empty string', ''],
  ['text beyond the basic plane', '🛩 "Ünïcödé" \\ \u2028 \uffff'],
  ['true', true],
  ['false', false],
  ['null', null],
  ['the text null', 'null'],
  ['bytes', Uint8Array.of(0, 255, 128, 10)],
  ['no bytes', new Uint8Array()],
  ['a set of strings', new ValueSet(['b', 'a', 'é#'])],
  ['a set of numbers', new ValueSet([decimal('12345678901234567890123456789012345678'), decimal('-1')])],
  ['a set of byte strings', new ValueSet([Uint8Array.of(1, 2), Uint8Array.of(0)])],
  ['an empty list', []],
  ['an empty map', map()],
  ['a list of lists', [[], [decimal('1'), 'x', null], [[true]]]],
  [
    'a map with hostile names',
    map(
      ['toString', decimal('1')],
      ['constructor', map(['prototype', null])],
      ['a.b[0]#%', new ValueSet(['x'])],
      ['ünï', Uint8Array.of(7)],
    ),
  ],
  [PROTOTYPE_NAMES, map(['__proto__', 'not a prototype'])],
];

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

/** 0, 1, 2, … `count - 1`. */
export function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

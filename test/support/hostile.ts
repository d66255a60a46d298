import { type Value, ValueSet } from '../../src/domain/value.ts';
import { decimal, map } from './factories.ts';

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
  ['a map with the name __proto__', map(['__proto__', 'not a prototype'])],
];

import { ValueSet, type Value } from '../../../src/domain/value.ts';
import { decimal, map } from '../../support/factories.ts';
import { HOSTILE_NAMES } from '../../support/hostile.ts';
import { each, eachText } from '../contract.ts';
import { expectDocuments, type Harness, put, succeed } from './harness.ts';

const VALUES: readonly (readonly [what: string, name: string, value: Value])[] = [
  ['an empty text', 'digits', ''],
  ['text beyond the basic plane', 'digits', '🛩 "Ünïcödé" \\ \u2028 \uffff \u007f'],
  ['control characters', 'digits', 'a\u0000b\u0001\n\r\t'],
  ['the text null', 'digits', 'null'],
  ['bytes', 'digits', Uint8Array.of(0, 255, 128, 10)],
  ['null', 'digits', null],
  ['true', 'active', true],
  ['false', 'active', false],
  ['the largest int32', 'year', decimal('2147483647')],
  ['the smallest int32', 'year', decimal('-2147483648')],
  ['the largest int64', 'serial', decimal('9223372036854775807')],
  ['the smallest int64', 'serial', decimal('-9223372036854775808')],
  ['an integer that a double does not hold', 'serial', decimal('9007199254740993')],
  ['an integer with an exponent', 'serial', decimal('12E+3')],
  ['an integer with a fraction of zeros', 'serial', decimal('23.0')],
  ['zero', 'serial', decimal('-0')],
  ['a fraction', 'price', decimal('0.1')],
  ['a fraction of 17 digits', 'price', decimal('0.12345678901234568')],
  ['an integer in a float', 'price', decimal('23')],
  ['a float that looks like an integer', 'price', decimal('23.0')],
  ['a large exponent', 'price', decimal('1E+125')],
  ['a small exponent', 'price', decimal('-9.9E-128')],
  ['texts', 'tags', ['b', '', 'a']],
  ['a set of texts', 'tags', new ValueSet(['b', 'a', 'é#'])],
  ['a set of bytes', 'tags', new ValueSet([Uint8Array.of(1, 2), Uint8Array.of(0)])],
  ['an empty list', 'tags', []],
  ['integers', 'years', [decimal('1'), decimal('-2')]],
  ['large integers', 'serials', new ValueSet([decimal('9007199254740993'), decimal('-1')])],
  ['floats and integers', 'prices', [decimal('1'), decimal('0.5'), decimal('1e-7')]],
  ['flags', 'flags', [true, false, true]],
  ['a text named __proto__', '__proto__', 'not a prototype'],
  ['a number named constructor', 'constructor', decimal('1')],
  ['a name of many alphabets', 'ünï "cödé" \\ 北海', 'x'],
];

export const keeps = each(
  VALUES.map(([what, name, value]) => [what, [name, value] as const] as const),
  async (harness: Harness, [name, value]) => {
    // Not a literal, in which __proto__ would be no name.
    const write = put('a', map(['name', 'a'], [name, value]));
    await succeed(harness, write);
    await expectDocuments(harness, write);
  },
);

export const keepsText = eachText(HOSTILE_NAMES, async (harness: Harness, text) => {
  const write = put('a', { digits: text, tags: [text] });
  await succeed(harness, write);
  await expectDocuments(harness, write);
});

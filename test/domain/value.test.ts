import { expect } from 'chai';
import fc from 'fast-check';
import {
  DecodedAttributes,
  equalRecords,
  equalValues,
  type Value,
  ValueSet,
} from '../../src/domain/value.ts';
import { attributes, decimal, map } from '../support/factories.ts';

const bytes = (...values: readonly number[]) => new Uint8Array(values);
const set = (...members: ValueSet['members']) => new ValueSet(members);

/** Values of every type, nested, each made anew on every call. */
const values: fc.Arbitrary<() => Value> = fc.letrec<{ value: () => Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<() => Value>(
      () => null,
      () => true,
      () => false,
      () => '',
      () => '1',
      () => decimal('1'),
      () => decimal('0'),
      () => bytes(),
      () => bytes(1),
      () => set('1'),
      () => set(decimal('1')),
      () => set(bytes(1)),
      () => set('1', 'b'),
      () => set(),
    ),
    fc.array(tie('value'), { maxLength: 2 }).map((list) => () => list.map((make) => make())),
    fc
      .array(fc.tuple(fc.constantFrom('a', '__proto__', 'text', 'members', '0'), tie('value')), {
        maxLength: 2,
      })
      .map((entries) => () => map(...entries.map(([name, make]) => [name, make()] as const))),
  ),
})).value;

describe('equalValues', () => {
  const equal: readonly (readonly [string, Value, Value])[] = [
    ['nulls', null, null],
    ['texts', 'a', 'a'],
    ['booleans', false, false],
    ['numbers written differently', decimal('10'), decimal('1e1')],
    ['bytes', bytes(1, 2, 255), bytes(1, 2, 255)],
    ['bytes of two classes', bytes(1, 2), Buffer.from([1, 2])],
    ['no bytes', bytes(), bytes()],
    ['text sets in another order', set('a', 'b', 'c'), set('c', 'a', 'b')],
    [
      'number sets in another order and notation',
      set(decimal('1'), decimal('20')),
      set(decimal('2e1'), decimal('1.0')),
    ],
    ['binary sets in another order', set(bytes(1), bytes(2, 3)), set(bytes(2, 3), bytes(1))],
    ['sets that repeat a member', set('a', 'a', 'b'), set('a', 'b')],
    ['lists', ['a', decimal('1'), [null]], ['a', decimal('1.0'), [null]]],
    ['empty lists', [], []],
    ['maps in another order', map(['a', '1'], ['b', '2']), map(['b', '2'], ['a', '1'])],
    ['nested maps', map(['a', map(['b', [set('x')]])]), map(['a', map(['b', [set('x')]])])],
    ['maps with and without a prototype', { a: '1' }, map(['a', '1'])],
    [
      'maps with hostile names',
      map(['__proto__', '1'], ['constructor', '2']),
      map(['constructor', '2'], ['__proto__', '1']),
    ],
  ];
  for (const [name, a, b] of equal)
    it(`given ${name}, when compared, then they are equal from either side`, () => {
      expect(equalValues(a, b)).to.equal(true);
      expect(equalValues(b, a)).to.equal(true);
    });

  const different: readonly (readonly [string, Value | undefined, Value | undefined])[] = [
    ['a value and none', null, undefined],
    ['a map and none', map(), undefined],
    ['a map and null', map(), null],
    ['a list and null', [], null],
    ['texts', 'a', 'A'],
    ['a text and a number', '1', decimal('1')],
    ['a text and a map of its letters', 'x', map(['0', 'x'])],
    ['an empty text and an empty map', '', map()],
    ['a boolean and an empty map', true, map()],
    ['a boolean and its text', true, 'true'],
    ['booleans', true, false],
    ['numbers', decimal('1'), decimal('2')],
    ['a number and a map that looks like it', decimal('1'), map(['text', '1'])],
    ['a number and a set of it', decimal('1'), set(decimal('1'))],
    ['bytes', bytes(1, 2), bytes(1, 3)],
    ['bytes of which one begins like the other', bytes(1, 2), bytes(1)],
    ['bytes and a list', bytes(), []],
    ['bytes and a map', bytes(), map()],
    ['bytes and a set', bytes(), set()],
    ['sets of other members', set('a', 'b'), set('a', 'c')],
    ['sets of other numbers', set(decimal('1'), decimal('2')), set(decimal('1'), decimal('3'))],
    ['sets of other bytes', set(bytes(1), bytes(2)), set(bytes(1), bytes(3))],
    ['sets of which one holds the other', set('a', 'b'), set('a')],
    ['sets of which one repeats a member', set('a', 'a'), set('a', 'b')],
    ['sets of texts and of numbers', set('1'), set(decimal('1'))],
    ['sets of texts and of bytes', set('1'), set(bytes(1))],
    ['sets of numbers and of bytes', set(decimal('0')), set(bytes(0))],
    ['sets of texts that begin with a type letter', set('N1e0'), set(decimal('1'))],
    ['sets of bytes that join to the same digits', set(bytes(1, 12)), set(bytes(11, 2))],
    ['a set and a list of its members', set('a'), ['a']],
    ['a set and a map that looks like it', set('a'), map(['members', ['a']])],
    ['an empty set and an empty list', set(), []],
    ['lists in another order', ['a', 'b'], ['b', 'a']],
    ['lists of which one begins like the other', ['a'], ['a', 'b']],
    ['a list and a map', ['a'], map(['0', 'a'])],
    ['an empty list and an empty map', [], map()],
    ['maps of which one holds more', map(['a', '1']), map(['a', '1'], ['b', '2'])],
    ['maps with other names', map(['a', null]), map(['b', null])],
    ['maps with other values', map(['a', map(['b', '1'])]), map(['a', map(['b', '2'])])],
    ['maps that differ in __proto__ only', map(['__proto__', '1']), map(['__proto__', '2'])],
    ['a map with a name that others inherit', map(['__proto__', map()]), { a: map() }],
    ['a map with a __proto__ attribute and an empty one', map(['__proto__', map()]), map()],
  ];
  for (const [name, a, b] of different)
    it(`given different values, ${name}, when compared, then they differ from either side`, () => {
      expect(equalValues(a, b)).to.equal(false);
      expect(equalValues(b, a)).to.equal(false);
    });

  it('given any value made twice, when compared, then both are equal', () => {
    fc.assert(fc.property(values, (make) => equalValues(make(), make())));
  });

  it('given any two values, when compared, then it does not matter which is first', () => {
    fc.assert(fc.property(values, values, (a, b) => equalValues(a(), b()) === equalValues(b(), a())));
  });

  it('given sets of fifty thousand numbers in opposite orders, when compared, then it takes no time to speak of', function () {
    this.timeout(10_000);
    const members = Array.from({ length: 50_000 }, (_, index) => decimal(String(index)));
    expect(equalValues(new ValueSet(members), new ValueSet(members.toReversed()))).to.equal(true);
  });
});

describe('equalRecords', () => {
  it('given the same names and values in another order, when compared, then they are equal', () => {
    expect(equalRecords({ a: '1', b: decimal('2') }, { b: decimal('2.0'), a: '1' })).to.equal(true);
  });

  it('given a name too many on either side, when compared, then they differ', () => {
    expect(equalRecords({ a: '1' }, { a: '1', b: '2' })).to.equal(false);
    expect(equalRecords({ a: '1', b: '2' }, { a: '1' })).to.equal(false);
  });
});

describe('DecodedAttributes', () => {
  it('given a name, when asked, then its value is given, and undefined for a name that the row lacks', () => {
    const row = attributes({ model: '172', nothing: null });
    expect(row.get('model')).to.equal('172');
    expect(row.get('nothing')).to.equal(null);
    expect(row.get('constructor')).to.equal(undefined);
  });

  it('given attributes with hostile names, when all are asked for, then none is lost', () => {
    const all = new Map<string, Value>([
      ['__proto__', '1'],
      ['constructor', '2'],
    ]);
    expect([...new DecodedAttributes(all).all()]).to.deep.equal([...all]);
  });
});

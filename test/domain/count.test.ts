import { expect } from 'chai';
import fc from 'fast-check';
import {
  contributionOf,
  type CountModel,
  countKey,
  heldBy,
  type Tuple,
  tupleFault,
  tupleKey,
  tupleNames,
} from '../../src/domain/count.ts';
import { counts } from '../../src/domain/definition/counts.ts';
import { defineTable } from '../../src/domain/definition/define-table.ts';
import { row as rowKind } from '../../src/domain/definition/row.ts';
import { Decimal } from '../../src/domain/decimal.ts';
import type { Row } from '../../src/domain/row.ts';
import { describeRow } from '../../src/domain/row-view.ts';
import { type Value, ValueSet } from '../../src/domain/value.ts';
import { attributes, decimal, faultOf, row, tuple, TUPLE_COUNTS } from '../support/factories.ts';

const VALID = { manufacturer: 'CESSNA', model: '172S', type_designator: 'C172' };

/** The tuple that a link of the fleet holds. */
function tupleOf(values: Readonly<Record<string, Value>>): Tuple | undefined {
  const held = heldBy(TUPLE_COUNTS, row.link(), attributes(values));
  expect(held.map(({ amount }) => amount.text)).to.deep.equal(held.map(() => '1'));
  expect(held.length).to.be.at.most(1);
  return held[0]?.tuple;
}

describe('heldBy', () => {
  it('given three texts, when read, then they are the tuple, whatever else the row carries', () => {
    expect(tupleOf({ ...VALID, serial_number: '17280000', mfr_mdl_code: '2072423' })).to.deep.equal({
      manufacturer: 'CESSNA',
      model: '172S',
      type_designator: 'C172',
    });
  });

  it('given blanks around the texts, when read, then the trimmed texts are the tuple, blanks inside them kept', () => {
    const padded = { manufacturer: '  DE HAVILLAND\t', model: '\n172S ', type_designator: ' C172 ' };
    expect(tupleOf(padded)).to.deep.equal(tuple('172S', { manufacturer: 'DE HAVILLAND' }));
  });

  const invalid: readonly (readonly [string, Value])[] = [
    ['empty', ''],
    ['blank', ' \t\n '],
    ['null', null],
    ['a boolean', true],
    ['a number', decimal('172')],
    ['a list', ['172S']],
    ['a set', new ValueSet(['172S'])],
    ['a map', { S: '172S' }],
  ];
  for (const name of Object.keys(VALID)) {
    for (const [what, value] of invalid)
      it(`given a ${name} that is ${what}, when read, then the row holds no tuple`, () => {
        expect(tupleOf({ ...VALID, [name]: value })).to.equal(undefined);
      });

    it(`given no ${name}, when read, then the row holds no tuple`, () => {
      const others = Object.entries(VALID).filter(([other]) => other !== name);
      expect(tupleOf(Object.fromEntries(others))).to.equal(undefined);
    });
  }

  it('given texts that look like nothing, when read, then they are texts all the same', () => {
    expect(tupleOf({ manufacturer: '0', model: 'null', type_designator: 'false' })).to.deep.equal({
      manufacturer: '0',
      model: 'null',
      type_designator: 'false',
    });
  });
});

describe('tupleKey', () => {
  it('given tuples that differ in one field or in where a text stands, when keyed, then no two share a key', () => {
    const tuples = [
      tuple(),
      tuple('172R'),
      tuple('172S', { manufacturer: 'PIPER' }),
      tuple('172S', { type_designator: 'C72R' }),
      tuple('C172', { type_designator: '172S' }),
      tuple('B', { manufacturer: 'A","' }),
      tuple('","B', { manufacturer: 'A' }),
    ];
    expect(new Set(tuples.map(tupleKey))).to.have.property('size', tuples.length);
  });

  it('given a text that moves from one field to the next, when keyed, then the keys differ', () => {
    const text = fc.string({ unit: fc.constantFrom('#', '"', ',', '\\', 'A'), maxLength: 4 });
    const separator = fc.constantFrom('', '#', ':', '|', ',', ' ', '","', '\u0000');
    fc.assert(
      fc.property(text, text, text, separator, (a, b, c, between) => {
        fc.pre(between + b !== '');
        const one = tuple(`${b}${between}${c}`, { manufacturer: a });
        const other = tuple(c, { manufacturer: `${a}${between}${b}` });
        expect(tupleKey(one)).not.to.equal(tupleKey(other));
      }),
    );
  });

  it('given equal tuples, when keyed, then the keys are the same', () => {
    expect(tupleKey(tuple())).to.equal(
      tupleKey({ type_designator: 'C172', model: '172S', manufacturer: 'CESSNA' }),
    );
  });
});

const ORDER = 'the order row ["CUSTOMER#7","ORDER#9"]';

/** Counts of orders by their tags, and one order. */
function orders(spec: object): { readonly model: CountModel; readonly of: Row } {
  const order = rowKind({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' });
  const { model } = defineTable({
    keys: { partition: 'PK', sort: 'SK' },
    rows: { order },
    derive: { tags: counts(order, { at: { PK: 'TAGS', SK: 'TAG#<tag>' }, ...spec } as never) },
  });
  return { model: model.counts[0]!, of: { model: model.rows[0]!, parts: ['7', '9'] } };
}

/** What an order holds where `by` is as given. */
function heldWith(by: unknown, values: Readonly<Record<string, Value>> = {}, more: object = {}) {
  const { model, of } = orders({ by, ...more });
  return heldBy(model, of, attributes(values));
}

const tagged = () => ({ tag: 'a' });

describe('heldBy, where a function gives the tuples', () => {
  it('given one tuple, several, or none, then the row is counted under them', () => {
    const one = { tuple: { tag: 'a' }, amount: decimal('1') };
    expect(heldWith(tagged)).to.deep.equal([one]);
    expect(heldWith(() => [{ tag: 'a' }, { tag: 'b' }])).to.deep.equal([
      one,
      { ...one, tuple: { tag: 'b' } },
    ]);
    for (const none of [undefined, null, []]) expect(heldWith(() => none)).to.deep.equal([]);
  });

  it('given the same tuple twice, then the row is counted under it once', () => {
    expect(heldWith(() => [{ tag: 'a' }, { tag: 'a' }])).to.have.lengthOf(1);
  });

  it('given the key and the attributes, then the function is given both', () => {
    const by = ({ key, attributes: all }: { key: { order: string }; attributes: { tags: Set<string> } }) =>
      [...all.tags].map((tag) => ({ tag: `${key.order} ${tag}` }));
    const held = heldWith(by, { tags: new ValueSet(['x', 'y']) });
    expect(held.map((each) => each.tuple['tag'])).to.deep.equal(['9 x', '9 y']);
  });

  it('given what a part may be named, then it is the tuple’s own, not what every object has', () => {
    const at = { PK: 'TAGS', SK: '<constructor>' };
    expect(faultOf(() => heldWith(() => ({}), {}, { at })).message).to.match(
      /returned a tuple without constructor$/,
    );
    expect(heldWith(() => ({ constructor: 'x' }), {}, { at })[0]?.tuple).to.deep.equal({ constructor: 'x' });
  });

  const wrong: readonly (readonly [what: string, returned: unknown, problem: string])[] = [
    ['a text', 'a', 'returned a string where a tuple is expected'],
    ['a number', 5, 'returned a number where a tuple is expected'],
    ['NaN', NaN, 'returned a number where a tuple is expected'],
    ['a set', new Set(['a']), 'returned a Set where a tuple is expected'],
    ['a text among tuples', [{ tag: 'a' }, 'b'], 'returned a string where a tuple is expected'],
    ['an array in an array', [[{ tag: 'a' }]], 'returned an array where a tuple is expected'],
    ['undefined among tuples', [undefined], 'returned undefined where a tuple is expected'],
    ['an instance of a class', new Date(0), 'returned a Date where a tuple is expected'],
    ['a tuple without a name', {}, 'returned a tuple without tag'],
    ['a tuple whose name is undefined', { tag: undefined }, 'returned a tuple without tag'],
    ['a tuple with null', { tag: null }, 'returned a tuple whose tag is null, no string'],
    ['a tuple with a number', { tag: 5 }, 'returned a tuple whose tag is a number, no string'],
    ['a tuple with an empty part', { tag: '' }, 'returned a tuple whose tag is empty'],
  ];
  for (const [what, returned, problem] of wrong)
    it(`given ${what}, then it is a permanent fault that names the function and the row`, () => {
      expect(faultOf(() => heldWith(() => returned))).to.include({
        kind: 'permanent',
        message: `by of the derivation tags, called for ${ORDER}, ${problem}`,
        reason: `by of the derivation tags ${problem}`,
      });
    });

  it('given a tuple with more than the count’s key holds, then that is a fault of the definition', () => {
    expect(faultOf(() => heldWith(() => ({ tag: 'a', colour: 'red' })))).to.include({
      kind: 'configuration',
      message: `by of the derivation tags, called for ${ORDER}, returned a tuple with colour, which its at does not hold`,
    });
    expect(heldWith(() => ({ tag: 'a', colour: undefined }))).to.have.lengthOf(1);
  });

  it('given a promise, then that is a fault of the definition', () => {
    expect(faultOf(() => heldWith(async () => ({ tag: 'a' }))).kind).to.equal('configuration');
  });

  it('given a function that throws, at once or by what it returned, then the row is one that it cannot take', () => {
    const late = {
      get tag(): string {
        throw new Error('boom');
      },
    };
    for (const by of [
      () => {
        throw new Error('boom');
      },
      () => late,
    ])
      expect(faultOf(() => heldWith(by)).message).to.equal(
        `by of the derivation tags threw for ${ORDER}: boom`,
      );
  });
});

describe('the amount that a row adds', () => {
  const amountOf = (amount: unknown, values: Readonly<Record<string, Value>> = {}) =>
    heldWith(tagged, values, { amount }).map((each) => each.amount.text);

  it('given an attribute, then its number is added with every digit, whatever its sign', () => {
    for (const text of ['5', '-2.50', '0', '9007199254740993', '0.12345678901234567890123456789012345678'])
      expect(amountOf('total', { total: decimal(text) })).to.deep.equal([text]);
  });

  it('given a row without the attribute, then it holds no tuple', () => {
    expect(amountOf('total')).to.deep.equal([]);
  });

  for (const [what, value] of [
    ['a text', '5'],
    ['null', null],
    ['true', true],
    ['a list', [decimal('5')]],
  ] as const)
    it(`given an attribute that is ${what}, then the row is poison`, () => {
      expect(faultOf(() => amountOf('total', { total: value }))).to.include({
        kind: 'permanent',
        message: `total of ${ORDER} is no number, so that the derivation tags cannot add it up`,
        reason: 'total of the order row is no number',
      });
    });

  it('given a function, then numbers of all types are taken', async () => {
    const copy = '../../src/domain/decimal.ts?count';
    const another = (await import(copy)) as { Decimal: typeof Decimal };
    const given: readonly (readonly [unknown, string])[] = [
      [1.5, '1.5'],
      [-0, '0'],
      [12345678901234567890n, '12345678901234567890'],
      ['0.10', '0.10'],
      [decimal('2.50'), '2.50'],
      [another.Decimal.parse('3.50'), '3.50'],
    ];
    for (const [returned, text] of given) {
      const [held] = heldWith(tagged, {}, { amount: () => returned });
      expect(held?.amount).to.be.instanceOf(Decimal);
      expect(held?.amount.text).to.equal(text);
    }
  });

  it('given a function that returns undefined, then the row holds no tuple', () => {
    expect(amountOf(() => undefined)).to.deep.equal([]);
  });

  const wrong: readonly (readonly [what: string, returned: unknown, shown: string])[] = [
    ['NaN', NaN, 'NaN'],
    ['Infinity', Infinity, 'Infinity'],
    ['a number that no table can hold', 1e200, '1e+200'],
    ['a text that is no number', '1,5', '"1,5"'],
    ['an empty text', '', '""'],
    ['null', null, 'null'],
    ['true', true, 'a boolean'],
    ['an object', {}, 'an object'],
    ['a date', new Date(0), 'a Date'],
  ];
  for (const [what, returned, shown] of wrong)
    it(`given a function that returns ${what}, then it is a permanent fault that says so`, () => {
      expect(faultOf(() => amountOf(() => returned))).to.include({
        kind: 'permanent',
        message: `amount of the derivation tags, called for ${ORDER}, returned ${shown}, which is no number that a table can hold`,
        reason: 'amount of the derivation tags returned no number that a table can hold',
      });
    });

  it('given a row that holds no tuple, then its amount is not even asked for', () => {
    const amount = () => {
      throw new Error('was asked');
    };
    expect(heldWith(() => [], {}, { amount })).to.deep.equal([]);
  });
});

describe('a count’s row', () => {
  it('given a tuple, then its parts stand in the key as the templates say, and it is kept with what the row adds', () => {
    const { model } = orders({ by: tagged });
    expect(countKey(model, { tag: 'a' })).to.deep.equal({ partition: 'TAGS', sort: 'TAG#a' });
    const held = { tuple: { tag: 'a' }, amount: decimal('2') };
    expect(contributionOf(model, held)).to.deep.equal({ ...held, at: { partition: 'TAGS', sort: 'TAG#a' } });
  });

  it('given a table without a sort key, then neither has the count’s row', () => {
    const user = rowKind({ id: 'USER#<user>' });
    const byCity = counts(user, { by: ['city'], at: { id: 'CITY#<city>' } });
    const { model } = defineTable({ keys: { partition: 'id' }, rows: { user }, derive: { byCity } });
    const [counted] = model.counts as [CountModel];
    expect(countKey(counted, { city: 'Bern' })).to.deep.equal({ partition: 'CITY#Bern', sort: undefined });
    expect(tupleNames(counted)).to.deep.equal(['city']);
    const source = { model: model.rows[0]!, parts: ['1'] };
    expect(tupleFault(counted, source, { city: 'Bern' })).to.equal(undefined);
    expect(tupleFault(counted, source, { city: '' })?.message).to.equal(
      'the derivation byCity counts the user row ["USER#1"] under [""], which has no unambiguous key: its city is empty',
    );
  });

  it('given a tuple whose key could be another’s, then it is a permanent fault; any other has none', () => {
    expect(tupleFault(TUPLE_COUNTS, row.link(), tuple())).to.equal(undefined);
    const why =
      "its model and type_designator, joined as in MODEL#<model>#TYPE#<type_designator>, could be another's";
    expect(tupleFault(TUPLE_COUNTS, row.link(), tuple('A#TYPE#B'))).to.include({
      kind: 'permanent',
      message: `the derivation ${TUPLE_COUNTS.name} counts ${describeRow(row.link())} under ["CESSNA","A#TYPE#B","C172"], which has no unambiguous key: ${why}`,
      reason: `a tuple has no unambiguous key: ${why}`,
    });
    expect(tupleFault(TUPLE_COUNTS, row.link(), tuple('172', { manufacturer: '\ud800' }))?.message).to.match(
      /not well-formed Unicode$/,
    );
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { tupleKey, tupleOf } from '../../src/domain/tuple.ts';
import type { Value } from '../../src/domain/value.ts';
import { ValueSet } from '../../src/domain/value.ts';
import { attributes, decimal, tuple } from '../support/factories.ts';

const VALID = { manufacturer: 'CESSNA', model: '172S', type_designator: 'C172' };

describe('tupleOf', () => {
  it('given three texts, when read, then they are the tuple, whatever else the row carries', () => {
    expect(
      tupleOf(attributes({ ...VALID, serial_number: '17280000', mfr_mdl_code: '2072423' })),
    ).to.deep.equal({
      manufacturer: 'CESSNA',
      model: '172S',
      typeDesignator: 'C172',
    });
  });

  it('given blanks around the texts, when read, then the trimmed texts are the tuple, blanks inside them kept', () => {
    const padded = { manufacturer: '  DE HAVILLAND\t', model: '\n172S ', type_designator: ' C172 ' };
    expect(tupleOf(attributes(padded))).to.deep.equal(tuple('172S', { manufacturer: 'DE HAVILLAND' }));
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
        expect(tupleOf(attributes({ ...VALID, [name]: value }))).to.equal(undefined);
      });

    it(`given no ${name}, when read, then the row holds no tuple`, () => {
      const others = Object.entries(VALID).filter(([other]) => other !== name);
      expect(tupleOf(attributes(Object.fromEntries(others)))).to.equal(undefined);
    });
  }

  it('given texts that look like nothing, when read, then they are texts all the same', () => {
    expect(tupleOf(attributes({ manufacturer: '0', model: 'null', type_designator: 'false' }))).to.deep.equal(
      {
        manufacturer: '0',
        model: 'null',
        typeDesignator: 'false',
      },
    );
  });
});

describe('tupleKey', () => {
  it('given tuples that differ in one field or in where a text stands, when keyed, then no two share a key', () => {
    const tuples = [
      tuple(),
      tuple('172R'),
      tuple('172S', { manufacturer: 'PIPER' }),
      tuple('172S', { typeDesignator: 'C72R' }),
      tuple('C172', { typeDesignator: '172S' }),
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
      tupleKey({ typeDesignator: 'C172', model: '172S', manufacturer: 'CESSNA' }),
    );
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { asIndexed, fieldsByName } from '../../src/domain/as-indexed.ts';
import { Fault } from '../../src/domain/fault.ts';
import { fitted } from '../../src/domain/field-value.ts';
import { toJson } from '../../src/domain/json.ts';
import type { DocumentFields } from '../../src/domain/search-document.ts';
import type { FieldType } from '../../src/domain/search-schema.ts';
import { type Value, ValueSet } from '../../src/domain/value.ts';
import { decimal, map } from '../support/factories.ts';

const FIELDS = fieldsByName({
  collection: 'books',
  fields: [
    { name: 'title', type: 'string' },
    { name: 'year', type: 'int32', optional: true },
    { name: '__proto__', type: 'string', optional: true },
  ],
});

const indexed = (document: DocumentFields, id = 'a') =>
  asIndexed({ collection: 'books', id }, document, FIELDS);

describe('a document as an index holds it', () => {
  it('has its id first, and nothing that is null', () => {
    const found = indexed({ title: 'x', year: null, id: 'another' });
    expect(toJson(found as DocumentFields)).to.equal('{"id":"a","title":"x"}');
  });

  it('is the very same where nothing has to be changed, and no other', () => {
    const same = { id: 'a', title: 'x', year: decimal('7') };
    expect(indexed(same)).to.equal(same);
    for (const other of [
      { title: 'x', id: 'a' },
      { id: 'b', title: 'x' },
      { id: 'a', title: decimal('7') },
      { id: 'a', title: 'x', year: decimal('7.0') },
      { id: 'a', title: 'x', year: null },
    ])
      expect(indexed(other)).to.not.equal(other);
  });

  it('keeps a field named __proto__ as one', () => {
    expect(toJson(indexed(map(['title', 'x'], ['__proto__', 'y'])) as DocumentFields)).to.equal(
      '{"id":"a","title":"x","__proto__":"y"}',
    );
  });

  const REFUSED: readonly (readonly [what: string, document: DocumentFields, id: string, message: string])[] =
    [
      [
        'a value that does not fit',
        { title: 'x', year: 'secret' },
        'a',
        'books "a": field "year" holds what does not fit into int32',
      ],
      [
        'a missing field',
        { year: decimal('1') },
        'a',
        'books "a": field "title" is missing, and the schema does not say that it is optional',
      ],
      [
        'a field that is null',
        { title: null },
        'a',
        'books "a": field "title" is missing, and the schema does not say that it is optional',
      ],
      ['an empty id', { title: 'x' }, '', "books: a document's id is empty"],
      [
        'an id with half a character',
        { title: 'x' },
        '\ud83d',
        'books "\\ud83d": the id is not well-formed Unicode',
      ],
    ];
  for (const [what, document, id, message] of REFUSED)
    it(`is refused for good for ${what}`, () => {
      const fault = indexed(document, id);
      expect(Fault.is(fault) && [fault.kind, fault.message]).to.deep.equal(['permanent', message]);
    });

  it('is refused until the schema knows its fields', () => {
    const fault = indexed({ title: 'x', constructor: 'secret' });
    expect(Fault.is(fault) && fault.kind).to.equal('configuration');
    expect(Fault.is(fault) && fault.message)
      .to.include('no field "constructor"')
      .and.not.include('secret');
  });

  const FITS: readonly (readonly [type: FieldType, value: Value, json: string | undefined])[] = [
    ['int32', decimal('2147483647'), '2147483647'],
    ['int32', decimal('2147483648'), undefined],
    ['int32', decimal('-2147483648'), '-2147483648'],
    ['int32', decimal('-2147483649'), undefined],
    ['int64', decimal('9223372036854775807'), '9223372036854775807'],
    ['int64', decimal('9223372036854775808'), undefined],
    ['int64', decimal('-9223372036854775808'), '-9223372036854775808'],
    ['int64', decimal('-9223372036854775809'), undefined],
    ['int64', decimal('1E+18'), '1000000000000000000'],
    ['int64', decimal('1E+999999999999'), undefined],
    ['int64', decimal('23.0'), '23'],
    ['int64', decimal('-0'), '0'],
    ['int64', decimal('0.5'), undefined],
    ['float', decimal('0.1'), '0.1'],
    ['float', decimal('23'), '23'],
    ['float', decimal('0.1234567890123456789'), undefined],
    ['float', decimal('1E+400'), undefined],
    ['float', decimal('1E-400'), undefined],
    ['string', decimal('1E+3'), '"1000"'],
    ['string', decimal('12345678901234567890123456789012345678'), '"12345678901234567890123456789012345678"'],
    ['string', decimal('1E+999'), '"1E+999"'],
    ['string', true, undefined],
    ['string', 'half \udc00', undefined],
    ['bool', 'true', undefined],
    ['string[]', new ValueSet(['b', 'a']), '["a","b"]'],
    ['int32[]', [decimal('1'), null, decimal('2.0')], '[1,2]'],
    ['int32[]', [decimal('1'), decimal('2.5')], undefined],
    ['int32[]', decimal('1'), undefined],
    ['int32', [decimal('1')], undefined],
    ['string', map(), undefined],
    ['string[]', [['a']], undefined],
  ];
  for (const [type, value, json] of FITS)
    it(`as ${type}, ${toJson(value)} ${json === undefined ? 'does not fit' : `is ${json}`}`, () => {
      const fit = fitted(type, value);
      expect(fit === undefined ? undefined : toJson(fit)).to.equal(json);
    });

  it('has the same worth as before where it fits: no digit is lost', () => {
    const number = fc
      .tuple(fc.bigInt({ min: -(2n ** 66n), max: 2n ** 66n }), fc.integer({ min: -20, max: 20 }))
      .map(([digits, exponent]) => decimal(`${digits}e${exponent}`));
    fc.assert(
      fc.property(number, fc.constantFrom('int32', 'int64', 'float', 'string'), (value, type) => {
        const fit = fitted(type, value);
        if (fit === undefined) return;
        const text = typeof fit === 'string' ? fit : toJson(fit);
        expect(decimal(text).equals(value)).to.equal(true);
        if (type.startsWith('int')) expect(text).to.match(/^-?\d+$/);
      }),
    );
  });
});

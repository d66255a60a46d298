import { expect } from 'chai';
import fc from 'fast-check';
import { asIndexed, fieldsByName } from '../../src/domain/as-indexed.ts';
import { Fault } from '../../src/domain/fault.ts';
import { type GivenFields, inferSearchSchema } from '../../src/domain/infer-search-schema.ts';
import type { DocumentFields } from '../../src/domain/search-document.ts';
import { type Value, ValueSet } from '../../src/domain/value.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { decimal, faultOf, map } from '../support/factories.ts';

const NO_NAMES = [{ fields: [], constants: {} }];

function infer(documents: readonly DocumentFields[], given?: GivenFields) {
  const { schema, notes } = inferSearchSchema('books', NO_NAMES, documents, given);
  return { fields: schema.fields, notes };
}

/** What is inferred of a field that has these values, one a document. */
function typeOf(...values: Value[]) {
  const { fields, notes } = infer(values.map((x) => ({ id: 'a', x })));
  expect(fields).to.have.length(1);
  return { ...fields[0], notes };
}

const numbers = (...texts: string[]) => texts.map(decimal);

describe('the schema that is inferred from documents', () => {
  const TYPES: readonly (readonly [what: string, values: readonly Value[], type: string, note?: RegExp])[] = [
    ['texts', ['a', ''], 'string'],
    ['bytes', [Uint8Array.of(1)], 'string'],
    ['flags', [true, false], 'bool'],
    ['integers', numbers('1', '-2', '3.0', '1E+3'), 'int64'],
    ['the largest int64', numbers('9223372036854775807', '1'), 'int64'],
    ['fractions', numbers('0.1', '1E+100'), 'float'],
    ['an integer of more than 64 bits that a double holds', numbers('1E+22', '1'), 'float'],
    ['integers and fractions', numbers('1', '0.5'), 'float'],
    [
      'an integer beyond int64',
      numbers('9223372036854775809'),
      'string',
      /more digits than int64 or a double/,
    ],
    ['a fraction beyond a double', numbers('0.1', '0.12345678901234567890'), 'string', /more digits/],
    [
      'fractions, and an integer beyond a double',
      numbers('0.5', '9007199254740993'),
      'string',
      /fractions, and/,
    ],
    ['texts and numbers', ['a', decimal('1')], 'string', /texts and numbers/],
    ['lists of texts', [['a'], [], ['b', null]], 'string[]'],
    ['a set of texts', [new ValueSet(['a'])], 'string[]'],
    ['lists of integers', [numbers('1'), numbers('2', '3')], 'int64[]'],
    ['lists of integers and fractions', [numbers('1', '0.5')], 'float[]'],
    ['lists of flags', [[true]], 'bool[]'],
    ['lists with long numbers', [numbers('1', '12345678901234567890123')], 'string[]', /is string\[\]/],
  ];
  for (const [what, values, type, note] of TYPES)
    it(`given ${what}, then it is ${type}${note === undefined ? '' : ', and says why'}`, () => {
      const found = typeOf(...values);
      expect(found.type).to.equal(type);
      if (note === undefined) expect(found.notes).to.deep.equal([]);
      else expect(found.notes.join()).to.match(note).and.include('"x"');
    });

  const PROBLEMS: readonly (readonly [what: string, values: readonly Value[], problem: RegExp])[] = [
    ['null alone', [null, null], /has no value/],
    ['empty lists alone', [[]], /has no value/],
    ['a map', [map(['a', 'b'])], /maps/],
    ['a list of maps', [[map(['a', 'b'])]], /maps/],
    ['lists of lists', [[['a']]], /lists of lists/],
    ['a list and a text', [['a'], 'a'], /a list in some/],
    ['flags and texts', [true, 'true'], /flags and/],
  ];
  for (const [what, values, problem] of PROBLEMS)
    it(`given ${what}, then its type has to be given`, () => {
      const documents = values.map((x) => ({ id: 'a', x }));
      const named = [{ fields: ['x'], constants: {} }];
      const fault = faultOf(() => inferSearchSchema('books', named, documents));
      expect(fault.kind).to.equal('configuration');
      expect(fault.message).to.match(problem).and.include('field "x"').and.include('"books"');
      const { schema } = inferSearchSchema('books', named, documents, {
        x: { type: 'string', optional: true },
      });
      expect(schema.fields).to.deep.equal([{ name: 'x', type: 'string', optional: true }]);
    });

  it('is optional where a document lacks it, or has null', () => {
    const { fields } = infer([
      { id: 'a', x: '1', y: '1', z: '1' },
      { id: 'b', x: '2', y: null },
    ]);
    expect(fields).to.deep.equal([
      { name: 'x', type: 'string' },
      { name: 'y', type: 'string', optional: true },
      { name: 'z', type: 'string', optional: true },
    ]);
  });

  it('has fields as they are given, whatever documents hold', () => {
    const given = {
      x: { type: 'int32', facet: true },
      never: { type: 'bool', optional: true },
      __proto__: null,
    } as unknown as GivenFields;
    const { fields } = infer([{ id: 'a', x: '1' }], given);
    expect(fields).to.deep.equal([
      { name: 'x', type: 'int32', facet: true },
      { name: 'never', type: 'bool', optional: true },
    ]);
  });

  it('says all problems at once', () => {
    const fault = faultOf(() => infer([{ id: 'a', x: map(), y: [[]], z: 'fine' }]));
    expect(fault.message).to.include('"x"').and.include('"y"').and.not.include('"z"');
  });

  it('takes the names of a definition: one that no document has must be given', () => {
    const models = fleet.model.rows
      .flatMap(({ documents }) => documents)
      .filter(({ collection }) => collection === 'registry');
    expect(models.length).to.be.greaterThan(1);
    const fault = faultOf(() => inferSearchSchema('registry', models, []));
    expect(fault.message).to.include('"registration"').and.include('"registry"').and.not.include('"id"');
    const names = models.flatMap(({ fields }) => (Array.isArray(fields) ? (fields as string[]) : []));
    const document = Object.fromEntries([...names, 'registry'].map((name) => [name, 'x']));
    const { schema } = inferSearchSchema('registry', models, [{ ...document, id: 'FAA:N1' }]);
    expect(schema.fields.map(({ name }) => name)).to.have.members([...new Set([...names, 'registry'])]);
  });

  it('takes every document that it was inferred from', () => {
    const text = fc.string({ unit: 'grapheme' });
    const number = fc
      .tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.integer({ min: -40, max: 5 }))
      .map(([digits, exponent]) => decimal(`${digits}e${exponent}`));
    const small = fc.integer().map((n) => decimal(String(n)));
    const of = (one: fc.Arbitrary<Value>) => fc.option(one);
    const document = fc.record(
      {
        texts: of(text),
        both: of(fc.oneof(text, number)),
        numbers: of(number),
        integers: of(small),
        doubles: of(
          fc.oneof(
            small,
            fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => decimal(String(n))),
          ),
        ),
        list: of(fc.array(fc.oneof(number, small))),
        ['__proto__']: of(text),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(document, { minLength: 1 }), (documents) => {
        const given: GivenFields = Object.fromEntries(
          ['texts', 'both', 'numbers', 'integers', 'doubles', 'list', '__proto__']
            .filter((name) =>
              documents.every((fields) => {
                const value = Object.hasOwn(fields, name) ? (fields as DocumentFields)[name] : null;
                return value === null || (Array.isArray(value) && value.length === 0);
              }),
            )
            .map((name) => [name, { type: 'string[]', optional: true }] as const),
        );
        const { schema } = inferSearchSchema('books', NO_NAMES, documents as DocumentFields[], given);
        const fields = fieldsByName(schema);
        for (const fields_ of documents) {
          const indexed = asIndexed({ collection: 'books', id: 'a' }, fields_, fields);
          if (Fault.is(indexed)) throw indexed;
        }
      }),
    );
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { defineTable } from '../../src/domain/definition/define-table.ts';
import { documents } from '../../src/domain/definition/documents.ts';
import { row as rowKind } from '../../src/domain/definition/row.ts';
import { Fault } from '../../src/domain/fault.ts';
import type { Row } from '../../src/domain/row.ts';
import {
  answerByKey,
  decideSearch,
  type DocumentFields,
  type DocumentKey,
  documentKeyOf,
  type DocumentModel,
  documentOf,
  isIndexed,
} from '../../src/domain/search-document.ts';
import { type Attributes, type Value, ValueSet } from '../../src/domain/value.ts';
import { attributes, decimal, faultOf, map, row } from '../support/factories.ts';

interface Sample {
  readonly row: Row;
  readonly collection: string;
  readonly id: string;
  readonly attributes: Readonly<Record<string, Value>>;
  readonly constants?: Readonly<Record<string, Value>>;
}

const REGISTRATION: Readonly<Record<string, Value>> = {
  registration: 'N172SP',
  serial_number: '172S8001',
  manufacturer: 'CESSNA',
  model: '172S',
  type_designator: 'C172',
  icao24: 'A0B1C2',
  year_manufactured: decimal('1998'),
  status: 'VALID',
  owner_name: 'DOE JANE',
  country: 'US',
  updated_at: '2026-01-05T09:00:00Z',
};

const INDEXED: Readonly<Record<string, Sample>> = {
  'an FAA registration': {
    row: row.registration('N172SP'),
    collection: 'registry',
    id: 'FAA:N172SP',
    attributes: REGISTRATION,
    constants: { registry: 'FAA' },
  },
  'a foreign registration': {
    row: row.registration('D-EABC', 'FOREIGN'),
    collection: 'registry',
    id: 'FOREIGN:D-EABC',
    attributes: REGISTRATION,
    constants: { registry: 'FOREIGN' },
  },
  'an image that the platform shows of a registration': {
    row: row.image('01JH', { entityId: 'N172SP' }),
    collection: 'aircraft_images',
    id: 'N172SP:01JH',
    attributes: {
      org_id: 'SYSTEM',
      entity_type: 'REGISTRATION',
      entity_id: 'N172SP',
      image_id: '01JH',
      url: 'https://images.example/01JH.jpg',
      thumbnail_url: 'https://images.example/01JH-small.jpg',
      caption: 'On final',
      credit: 'J. Doe',
      width: decimal('1600'),
      height: decimal('900'),
      uploaded_at: '2026-01-05T09:00:00Z',
    },
  },
  'an ICAO type': {
    row: row.icaoType('C172'),
    collection: 'icao_aircraft',
    id: 'C172',
    attributes: {
      designator: 'C172',
      manufacturer: 'CESSNA',
      model: '172 Skyhawk',
      description: 'L1P',
      engine_type: 'Piston',
      engine_count: decimal('1'),
      wake_category: 'L',
    },
  },
  'an ICAO manufacturer': {
    row: row.icaoManufacturer('CESSNA'),
    collection: 'icao_manufacturers',
    id: 'CESSNA',
    attributes: { code: 'CESSNA', name: 'Cessna Aircraft Company', country: 'US' },
  },
};

const NOT_INDEXED: Readonly<Record<string, Row>> = {
  "another organisation's image of a registration": row.image('01JH', { orgId: 'ACME' }),
  "the platform's image of an ICAO type": row.image('01JH', { entityType: 'ICAO' }),
  "another organisation's image of an ICAO type": row.image('01JH', { orgId: 'ACME', entityType: 'ICAO' }),
  'an ICAO variant': row.icaoVariant(),
  'a default row': row.defaultImage(),
  'a link row': row.link(),
  'a tuple row': row.matcherTuple(),
};

function projected(indexed: Row, of: Attributes): DocumentFields {
  return documentOf(modelOf(indexed), indexed, keyOf(indexed), of);
}

/** What the fleet derives documents from such rows by: each kind has one collection at most. */
function modelOf(indexed: Row): DocumentModel {
  const [model, ...others] = indexed.model.documents;
  if (model === undefined || others.length > 0)
    throw new Error(`${indexed.model.name} rows have not one document`);
  return model;
}

/** Where a row's document is; undefined where it has none. */
function documentKeyIn(source: Row): DocumentKey | undefined {
  const [model] = source.model.documents;
  if (model === undefined) return undefined;
  const indexed = isIndexed(model, source, attributes());
  // Of the fleet's rows, the key alone decides.
  expect(answerByKey(model, source)).to.equal(indexed);
  return indexed ? documentKeyOf(model, source) : undefined;
}

function keyOf(indexed: Row): DocumentKey {
  const key = documentKeyIn(indexed);
  if (key === undefined) throw new Error(`a ${indexed.model.name} row has no document`);
  return key;
}

describe('projection', () => {
  for (const [name, sample] of Object.entries(INDEXED)) {
    it(`given ${name}, when keyed, then its document is ${sample.collection} ${sample.id}`, () => {
      expect(documentKeyIn(sample.row)).to.deep.equal({ collection: sample.collection, id: sample.id });
    });

    it(`given ${name} with every attribute, when projected, then the document holds its id and all of them`, () => {
      expect(projected(sample.row, attributes(sample.attributes))).to.deep.equal({
        id: sample.id,
        ...sample.constants,
        ...sample.attributes,
      });
    });

    it(`given ${name} with more attributes than the collection has, when projected, then they stay out`, () => {
      const more = {
        PK: 'x',
        SK: 'y',
        id: 'x',
        registry: 'x',
        collection: 'x',
        remarks: 'x',
        ttl: decimal('1'),
      };
      expect(projected(sample.row, attributes({ ...more, ...sample.attributes }))).to.deep.equal({
        id: sample.id,
        ...sample.constants,
        ...sample.attributes,
      });
    });

    it(`given ${name} without attributes, when projected, then the document holds only its key’s part`, () => {
      const bare = projected(sample.row, attributes());
      expect(bare).to.deep.equal({ id: sample.id, ...sample.constants });
      expect(Object.keys(bare)).to.have.members(['id', ...Object.keys(sample.constants ?? {})]);
    });
  }

  for (const [name, unindexed] of Object.entries(NOT_INDEXED))
    it(`given ${name}, when projected, then it has no document`, () => {
      expect(documentKeyIn(unindexed)).to.equal(undefined);
    });

  it('given attributes of every type, when projected, then each reaches the document as it is', () => {
    const odd = {
      model: null,
      status: false,
      owner_name: '',
      year_manufactured: decimal('1E+30'),
      country: new ValueSet(['US', 'CA']),
      manufacturer: [map(['__proto__', 'x'])],
      icao24: new Uint8Array([1, 2]),
    };
    expect(projected(row.registration(), attributes(odd))).to.deep.equal({
      id: 'FAA:N1',
      registry: 'FAA',
      ...odd,
    });
  });
});

describe('document ids', () => {
  const idOf = (source: Row) => documentKeyOf(modelOf(source), source).id;

  it('given parts with separators, blanks and letters beyond ASCII, when keyed, then each is percent-encoded', () => {
    expect(idOf(row.registration('N 1:2%#é漢'))).to.equal('FAA:N%201%3A2%25%23%C3%A9%E6%BC%A2');
    expect(idOf(row.image('A:B', { entityId: 'C/D' }))).to.equal('C%2FD:A%3AB');
    expect(idOf(row.icaoType('A 1'))).to.equal('A%201');
    expect(idOf(row.icaoManufacturer('A&B'))).to.equal('A%26B');
  });

  it('given a part of nothing but dots, when keyed, then it is percent-encoded too, however many they are', () => {
    for (const dots of ['.', '..', '...', '.'.repeat(50)]) {
      const encoded = '%2E'.repeat(dots.length);
      expect(idOf(row.icaoType(dots))).to.equal(encoded);
      expect(idOf(row.icaoManufacturer(dots))).to.equal(encoded);
      expect(idOf(row.registration(dots))).to.equal(`FAA:${encoded}`);
      expect(idOf(row.image(dots, { entityId: dots }))).to.equal(`${encoded}:${encoded}`);
    }
  });

  it('given dots beside anything else, when keyed, then they stay', () => {
    expect(idOf(row.icaoType('.A'))).to.equal('.A');
    expect(idOf(row.icaoType('A..'))).to.equal('A..');
    expect(idOf(row.icaoType('..-'))).to.equal('..-');
    expect(idOf(row.icaoType('.\n'))).to.equal('.%0A');
  });

  const lookAlikes: readonly (readonly [string, Row, Row])[] = [
    ['a colon on either side', row.image('C', { entityId: 'A:B' }), row.image('B:C', { entityId: 'A' })],
    ['a colon and its encoding', row.registration('A:B'), row.registration('A%3AB')],
    ['an encoding and its encoding', row.registration('A%3AB'), row.registration('A%253AB')],
    ['a blank and a plus', row.registration('A B'), row.registration('A+B')],
    ['small and capital letters', row.registration('n1'), row.registration('N1')],
    ['two ways of composing a letter', row.registration('\u00e9'), row.registration('e\u0301')],
    ['dots and their encoding', row.registration('..'), row.registration('%2E%2E')],
    ['the registry as a part', row.registration('N1'), row.registration('N1', 'FOREIGN')],
  ];
  for (const [name, a, b] of lookAlikes)
    it(`given rows that differ by ${name}, when keyed, then their ids differ`, () => {
      expect(idOf(a)).not.to.equal(idOf(b));
    });

  it('given any parts, when keyed, then they can be read back from the id, so no two rows share one', () => {
    const part = fc.string({
      unit: fc.constantFrom('.', ':', '%', '#', ' ', '3', 'A', 'é', '漢', '\u{1F6E9}', '/', '+', '\u0000'),
      maxLength: 6,
    });
    const partsOf = (source: Row) => {
      const id = idOf(source);
      // Encoded once more, as clients do, it is one part of a path. `encodeURIComponent` leaves dots.
      const { pathname } = new URL(`http://localhost/documents/${encodeURIComponent(id)}`);
      expect(pathname).to.equal(`/documents/${encodeURIComponent(id)}`);
      return id.split(':').map(decodeURIComponent);
    };
    fc.assert(
      fc.property(part, part, fc.constantFrom('FAA', 'FOREIGN'), (one, other, registry) => {
        expect(partsOf(row.image(other, { entityId: one }))).to.deep.equal([one, other]);
        expect(partsOf(row.registration(one, registry))).to.deep.equal([registry, one]);
        expect(partsOf(row.icaoType(one))).to.deep.equal([one]);
        expect(partsOf(row.icaoManufacturer(one))).to.deep.equal([one]);
      }),
    );
  });
});

describe('decideSearch', () => {
  const cessna = { model: '172', year_manufactured: decimal('1998') };
  const document = { id: 'FAA:N1', registry: 'FAA', ...cessna };
  const decide = (before: Attributes | undefined, after: Attributes | undefined) => {
    const registration = row.registration();
    return decideSearch(modelOf(registration), registration, keyOf(registration), before, after);
  };

  it('given no row before and after, when decided, then nothing is sent', () => {
    expect(decide(undefined, undefined)).to.deep.equal({ action: 'none' });
  });

  it('given a row that is gone, when decided, then its document is deleted', () => {
    expect(decide(attributes(cessna), undefined)).to.deep.equal({ action: 'delete' });
  });

  it('given a row that is gone and that nobody can read, when decided, then its document is deleted', () => {
    expect(decide(unreadable('model'), undefined)).to.deep.equal({ action: 'delete' });
  });

  it('given a new row, when decided, then its document is upserted', () => {
    expect(decide(undefined, attributes(cessna))).to.deep.equal({ action: 'upsert', document });
  });

  it('given a document that changed, when decided, then its new state is upserted', () => {
    expect(decide(attributes(cessna), attributes({ ...cessna, model: '172S' }))).to.deep.equal({
      action: 'upsert',
      document: { ...document, model: '172S' },
    });
  });

  for (const [what, before, after] of [
    ['lost a field', cessna, { model: '172' }],
    ['gained a field', { model: '172' }, cessna],
  ] as const)
    it(`given a document that ${what}, when decided, then its new state is upserted`, () => {
      expect(decide(attributes(before), attributes(after))).to.deep.equal({
        action: 'upsert',
        document: { id: 'FAA:N1', registry: 'FAA', ...after },
      });
    });

  it('given a document that says the same in another notation, when decided, then nothing is sent', () => {
    const same = { year_manufactured: decimal('1998.0'), model: '172' };
    expect(decide(attributes(cessna), attributes(same))).to.deep.equal({ action: 'none' });
  });

  it('given a row that changed where no document looks, when decided, then nothing is sent', () => {
    expect(
      decide(attributes({ ...cessna, remarks: 'a' }), attributes({ ...cessna, remarks: 'b' })),
    ).to.deep.equal({
      action: 'none',
    });
  });

  it('given an old attribute that cannot be decoded, when decided, then that is the fault', () => {
    for (const name of ['registration', 'model', 'updated_at'])
      expect(() => decide(unreadable(name), attributes({ registration: 'N2' }))).to.throw(
        `${name} is spoilt`,
      );
  });
});

describe('documents of any table', () => {
  const ORDER = 'the order row ["CUSTOMER#7","ORDER#9"]';

  /** What is decided on a change of an order. */
  function decide(spec: object, before: Attributes | undefined, after: Attributes | undefined) {
    const { model, of } = orders(spec);
    return decideSearch(model, of, documentKeyOf(model, of), before, after);
  }

  function orders(spec: object) {
    const order = rowKind({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' });
    const { model } = defineTable({
      keys: { partition: 'PK', sort: 'SK' },
      rows: { order },
      derive: { search: documents(order, { collection: 'orders', fields: ['status'], ...spec }) },
    });
    return { model: model.documents[0]!, of: { model: model.rows[0]!, parts: ['7', '9'] } };
  }

  const open = attributes({ status: 'open' });
  const draft = attributes({ status: 'draft' });
  const upsert = (document: object) => ({ action: 'upsert', document: { id: '7:9', ...document } });

  describe('where parts of the key choose the rows', () => {
    const cases: readonly (readonly [string, object, string | undefined])[] = [
      ['the values that it has', { customer: '7', order: '9' }, 'upsert'],
      ['one of them', { customer: '7' }, 'upsert'],
      ['another value', { customer: '8' }, 'none'],
      ['one right value and another', { customer: '7', order: '8' }, 'none'],
    ];
    for (const [title, where, action] of cases)
      it(`given ${title}, then ${action}, whatever the row holds, and nothing where it is gone`, () => {
        const { model, of } = orders({ where });
        expect(answerByKey(model, of)).to.equal(action === 'upsert');
        expect(decide({ where }, undefined, open)).to.have.property('action', action);
        const gone = action === 'upsert' ? 'delete' : 'none';
        expect(decide({ where }, draft, undefined)).to.deep.equal({ action: gone });
      });
  });

  describe('where a function chooses the rows', () => {
    interface View {
      readonly key: Readonly<Record<string, string>>;
      readonly attributes: Readonly<Record<string, unknown>>;
    }
    const where = ({ attributes: all }: View) => all['status'] !== 'draft';
    const cases: readonly (readonly [string, Attributes | undefined, Attributes | undefined, object])[] = [
      ['a new row that it chooses', undefined, open, upsert({ status: 'open' })],
      ['a new row that it leaves out', undefined, draft, { action: 'none' }],
      ['a row that it chooses from now on', draft, open, upsert({ status: 'open' })],
      ['a row that it no longer chooses', open, draft, { action: 'delete' }],
      [
        'a row that it still chooses, unchanged',
        open,
        attributes({ status: 'open', x: 'y' }),
        { action: 'none' },
      ],
      ['a row that it still leaves out', draft, draft, { action: 'none' }],
      ['a row that is gone', open, undefined, { action: 'delete' }],
      [
        'a row that is gone, and was left out, because one may be left of a lost change',
        draft,
        undefined,
        { action: 'delete' },
      ],
    ];
    for (const [title, before, after, decision] of cases)
      it(`given ${title}, then ${(decision as { action: string }).action}`, () => {
        expect(decide({ where }, before, after)).to.deep.equal(decision);
      });

    it('given an old image that it cannot take, then the document goes, or is written again', () => {
      const picky = ({ attributes: all }: View) => (all['status'] as string).length > 4;
      const bad = attributes();
      expect(decide({ where: picky }, bad, undefined)).to.deep.equal({ action: 'delete' });
      expect(decide({ where: picky }, bad, open)).to.deep.equal({ action: 'delete' });
      expect(decide({ where: picky }, bad, draft)).to.deep.equal(upsert({ status: 'draft' }));
      expect(faultOf(() => decide({ where: picky }, open, bad)).kind).to.equal('permanent');
    });

    it('given an old image that it cannot take, then the document is written again, though its fields are the same', () => {
      const picky = ({ attributes: all }: View) => (all['customer'] as string).length > 0;
      const [old, now] = [open, attributes({ status: 'open', customer: 'ann' })];
      expect(decide({ where: picky }, old, now)).to.deep.equal(upsert({ status: 'open' }));
      expect(decide({ where: picky }, now, now)).to.deep.equal({ action: 'none' });
    });

    for (const [what, answer, kind] of [
      ['undefined', undefined, 'undefined'],
      ['a number', 1, 'a number'],
      ['a text', 'yes', 'a string'],
      ['null', null, 'null'],
      ['an object', {}, 'an object'],
    ] as const)
      it(`given ${what} for an answer, then it is a permanent fault that says so`, () => {
        expect(faultOf(() => decide({ where: () => answer }, undefined, open))).to.include({
          kind: 'permanent',
          message: `where of the derivation search, called for ${ORDER}, returned ${kind} instead of true or false`,
          reason: `where of the derivation search returned ${kind} instead of true or false`,
        });
      });

    it('given a promise for an answer, then it is a fault of the definition', () => {
      expect(faultOf(() => decide({ where: async () => true }, undefined, open)).kind).to.equal(
        'configuration',
      );
    });

    it('given a promise that is rejected, then nobody waits for it, and the process goes on', async () => {
      const { model, of } = orders({ where: () => Promise.reject(new Error('too late')) });
      const unhandled: unknown[] = [];
      const listen = (error: unknown) => unhandled.push(error);
      process.prependListener('unhandledRejection', listen);
      expect(answerByKey(model, of)).to.equal(undefined);
      await new Promise((resolve) => setImmediate(resolve));
      process.removeListener('unhandledRejection', listen);
      expect(unhandled).to.deep.equal([]);
    });

    it('given a function that changes its mind, then it is a fault of the definition', () => {
      let answer = false;
      const fickle = () => (answer = !answer);
      expect(faultOf(() => decide({ where: fickle }, undefined, open))).to.include({
        kind: 'configuration',
        message: `where of the derivation search, called for ${ORDER}, answered both true and false: it must be a pure function of the row`,
      });
    });

    it('given a function of the key that changes its mind, then the key rules nothing out', () => {
      for (const first of [true, false]) {
        let answer = first;
        const { model, of } = orders({ where: () => (answer = !answer) });
        expect(answerByKey(model, of) === false).to.equal(false);
        expect(faultOf(() => isIndexed(model, of, open)).kind).to.equal('configuration');
      }
    });

    it('given a row that its key rules out, then that is known without its attributes', () => {
      const excluded = (given: unknown) => {
        const { model, of } = orders({ where: given });
        return answerByKey(model, of) === false;
      };
      expect(excluded(({ key }: View) => key['customer'] === 'other')).to.equal(true);
      expect(excluded(({ key }: View) => key['customer'] === '7')).to.equal(false);
      expect(excluded((view: View) => view.key['customer'] === 'other' && view.attributes['a'])).to.equal(
        true,
      );
      expect(excluded(undefined)).to.equal(false);
    });

    it('given a function that asks for the attributes, whatever it makes of it, then the key rules nothing out', () => {
      const { model, of } = orders({
        where: (view: View) => {
          try {
            return view.attributes['status'] === 'open';
          } catch {
            return false;
          }
        },
      });
      expect(answerByKey(model, of) === false).to.equal(false);
      for (const wrong of [
        () => {
          throw new Error('boom');
        },
        () => 'no',
        async () => false,
      ]) {
        const other = orders({ where: wrong });
        expect(answerByKey(other.model, other.of)).to.not.equal(false);
      }
    });
  });

  describe('where a function gives the fields', () => {
    const fieldsOf = (returned: unknown, more: object = {}) =>
      decide({ fields: () => returned, ...more }, undefined, open);

    it('given an object, then its members are the fields, and undefined ones are left out', () => {
      expect(fieldsOf({ a: 'x', n: 1.5, none: undefined, list: [true], tags: new Set(['t']) })).to.deep.equal(
        upsert({ a: 'x', n: decimal('1.5'), list: [true], tags: new ValueSet(['t']) }),
      );
      expect(fieldsOf({ a: 'x' }, { constants: { kind: 'order' } })).to.deep.equal(
        upsert({ a: 'x', kind: 'order' }),
      );
    });

    it('given a hostile field, then it is a field like any other', () => {
      const decision = fieldsOf(JSON.parse('{"__proto__":"x"}')) as { document: object };
      expect(Object.entries(decision.document)).to.deep.include(['__proto__', 'x']);
    });

    it('given the same fields as before, then nothing is sent', () => {
      const fields = ({ attributes: all }: { attributes: Record<string, unknown> }) => ({
        s: all['status'],
        at: [1],
      });
      expect(decide({ fields }, open, attributes({ status: 'open', x: 'y' }))).to.deep.equal({
        action: 'none',
      });
      expect(decide({ fields }, draft, open)).to.deep.equal(upsert({ s: 'open', at: [decimal('1')] }));
    });

    it('given an old image that it cannot take, then its row had no such document', () => {
      const fields = ({ attributes: all }: { attributes: Record<string, string> }) => ({
        s: all['status']!.length,
      });
      expect(decide({ fields }, attributes(), open)).to.deep.equal(upsert({ s: decimal('4') }));
      expect(decide({ fields }, attributes(), undefined)).to.deep.equal({ action: 'delete' });
    });

    const wrong: readonly (readonly [what: string, returned: unknown, problem: string])[] = [
      ['undefined', undefined, 'returned undefined instead of an object of fields'],
      ['null', null, 'returned null instead of an object of fields'],
      ['a text', 'x', 'returned a string instead of an object of fields'],
      ['an array', ['x'], 'returned an array instead of an object of fields'],
      ['a set', new Set(['x']), 'returned a Set instead of an object of fields'],
      ['bytes', new Uint8Array(), 'returned a Uint8Array instead of an object of fields'],
      ['a number', decimal('1'), 'returned a Decimal instead of an object of fields'],
      ['a field named id', { id: 'x' }, "returned a field named id, which is the document's own"],
      [
        'a field that is NaN',
        { a: { b: [NaN] } },
        'returned a document of which a.b[0] is NaN, which no table can hold',
      ],
      [
        'a field that is a date',
        { at: new Date(0) },
        'returned a document of which at is a Date, which no table can hold',
      ],
      [
        'a field that is a promise',
        { at: Promise.resolve(1) },
        'returned a document of which at is a promise, which no table can hold',
      ],
    ];
    for (const [what, returned, problem] of wrong)
      it(`given ${what}, then it is a permanent fault that names the function and the row`, () => {
        expect(faultOf(() => fieldsOf(returned))).to.include({
          kind: 'permanent',
          message: `fields of the derivation search, called for ${ORDER}, ${problem}`,
        });
      });

    it('given a field that no table can hold, then the reason is the same for all rows', () => {
      expect(faultOf(() => fieldsOf({ a: [1, NaN] })).reason).to.equal(
        'fields of the derivation search returned a document of which a[] is a number that no table can hold',
      );
    });

    it('given a field that throws when it is read, then the function has thrown', () => {
      const late = {
        get status(): never {
          throw new Error('boom');
        },
      };
      expect(faultOf(() => fieldsOf(late)).message).to.equal(
        `fields of the derivation search threw for ${ORDER}: boom`,
      );
    });

    it('given a field that is a constant, then it says so', () => {
      const fault = faultOf(() => fieldsOf({ kind: 'x' }, { constants: { kind: 'order' } }));
      expect(fault.message).to.match(/returned a field named kind, which is the document's own$/);
    });

    it('given a promise, or a function that throws, then it is what it is', () => {
      expect(faultOf(() => decide({ fields: async () => ({}) }, undefined, open)).kind).to.equal(
        'configuration',
      );
      const throws = () => {
        throw new Error('boom');
      };
      expect(faultOf(() => decide({ fields: throws }, undefined, open)).message).to.equal(
        `fields of the derivation search threw for ${ORDER}: boom`,
      );
    });

    it('given a function that tries to change the attributes, then that fails', () => {
      const fields = ({ attributes: all }: { attributes: Record<string, unknown> }) => {
        all['status'] = 'mine';
        return all;
      };
      expect(faultOf(() => decide({ fields }, undefined, open)).kind).to.equal('permanent');
      expect(open.get('status')).to.equal('open');
    });
  });
});

/** Attributes of which one cannot be decoded. */
function unreadable(spoilt: string): Attributes {
  const given = attributes({ registration: 'N1' });
  const get = (name: string) => {
    if (name === spoilt) throw new Fault('permanent', `${name} is spoilt`);
    return given.get(name);
  };
  return { get, all: () => given.all(), equals: (other) => given.equals(other) };
}

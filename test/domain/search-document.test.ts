import { expect } from 'chai';
import fc from 'fast-check';
import { Fault } from '../../src/domain/fault.ts';
import type { Row } from '../../src/domain/row.ts';
import {
  decideSearch,
  type DocumentFields,
  type DocumentKey,
  documentKeyOf,
  documentOf,
} from '../../src/domain/search-document.ts';
import { type Attributes, type Value, ValueSet } from '../../src/domain/value.ts';
import { attributes, decimal, map, row } from '../support/factories.ts';

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
  return documentOf(indexed, of, keyOf(indexed));
}

function keyOf(indexed: Row): DocumentKey {
  const key = documentKeyOf(indexed);
  if (key === undefined) throw new Error(`${indexed.kind} has no document`);
  return key;
}

describe('projection', () => {
  for (const [name, sample] of Object.entries(INDEXED)) {
    it(`given ${name}, when keyed, then its document is ${sample.collection} ${sample.id}`, () => {
      expect(documentKeyOf(sample.row)).to.deep.equal({ collection: sample.collection, id: sample.id });
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
      expect(documentKeyOf(unindexed)).to.equal(undefined);
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
  const idOf = (source: Row) => documentKeyOf(source)?.id;

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
      const id = idOf(source) ?? '';
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
    return decideSearch(registration, keyOf(registration), before, after);
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

/** Attributes of which one cannot be decoded. */
function unreadable(spoilt: string): Attributes {
  const given = attributes({ registration: 'N1' });
  const get = (name: string) => {
    if (name === spoilt) throw new Fault('permanent', `${name} is spoilt`);
    return given.get(name);
  };
  return { get, all: () => given.all(), equals: (other) => given.equals(other) };
}

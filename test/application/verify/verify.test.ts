import { expect } from 'chai';
import {
  type Drift,
  NO_DERIVATION,
  type Subsystem,
  subsystemOf,
  verify,
} from '../../../src/application/verify/verify.ts';
import type { DocumentFields, DocumentKey } from '../../../src/domain/search-document.ts';
import type { Value } from '../../../src/domain/value.ts';
import { fleet } from '../../../src/fleet/definition.ts';
import { attributes, decimal, entity, image, tuple, TUPLE_COUNTS } from '../../support/factories.ts';
import { FixedState, type StateParts } from './fixed-state.ts';

const N1 = 'IMAGES#ORG#ACME#ENTITY#REGISTRATION#ID#N1';
const C172 = 'IMAGES#ORG#ACME#ENTITY#ICAO#ID#C172';

function typeRow(designator: string, values: Readonly<Record<string, Value>> = {}) {
  return attributes({ PK: 'ICAO#AIRCRAFT', SK: `TYPE#${designator}`, ...values });
}

function makerRow(code: string) {
  return attributes({ PK: 'ICAO#MANUFACTURERS', SK: `MFR#${code}` });
}

function imageRow(pk: string, imageId: string) {
  return attributes({ PK: pk, SK: `IMG#${imageId}`, url: `${imageId}.jpg` });
}

function linkRow(serial: string, model = '172S') {
  return attributes({
    PK: 'FAA#LINKS',
    SK: `MFR_MDL_CODE#1#SN#${serial}`,
    manufacturer: 'CESSNA',
    model,
    type_designator: 'C172',
  });
}

function document(collection: DocumentKey['collection'], id: string, fields: DocumentFields = {}) {
  return { key: { collection, id }, fields: { id, ...fields } };
}

function defaultImage(
  entityType: 'REGISTRATION' | 'ICAO',
  entityId: string,
  imageId: string,
  url = `${imageId}.jpg`,
) {
  const owner = entity({ orgId: 'ACME', entityType, entityId });
  const named = { org_id: 'ACME', entity_type: entityType, entity_id: entityId };
  return { entity: owner, member: image(imageId, { ...named, url }) };
}

interface Expected {
  readonly checked: number;
  readonly drift?: readonly (Omit<Drift, 'derivation'> & Partial<Drift>)[];
  /** Why items are not compared. */
  readonly uncompared?: readonly string[];
}

/** The fleet derives no rows by functions. */
type FleetSubsystem = Exclude<Subsystem, 'derivedRows'>;

/** Of drift that does not name one. */
const DERIVATIONS: Readonly<Record<FleetSubsystem, string>> = {
  search: 'type-search',
  defaultImages: 'default-image',
  matcher: 'matcher-tuple',
};

function count(of: ReturnType<typeof tuple>, rows: number) {
  return { model: TUPLE_COUNTS, tuple: of, count: decimal(String(rows)) };
}

/** Expects this of one subsystem, and that the others have nothing to compare. */
async function expectOnly(
  subsystem: FleetSubsystem,
  parts: StateParts,
  { checked, drift = [], uncompared = [] }: Expected,
) {
  const { uncompared: left, ...found } = await verify(new FixedState(parts), fleet);
  expect(left.map(({ why }) => why)).to.deep.equal(uncompared);
  expect(found).to.deep.equal({
    checked: { search: 0, defaultImages: 0, matcher: 0, derivedRows: 0, [subsystem]: checked },
    drift: drift.map((each) => ({ derivation: DERIVATIONS[subsystem], ...each })),
  });
  for (const each of found.drift) expect(subsystemOf(each, fleet)).to.equal(subsystem);
}

describe('verify', () => {
  it('given no rows and nothing derived, then nothing is checked, and there is no drift', async () => {
    expect(await verify(new FixedState({}), fleet)).to.deep.equal({
      checked: { search: 0, defaultImages: 0, matcher: 0, derivedRows: 0 },
      drift: [],
      uncompared: [],
    });
  });

  it('given rows and all that must be derived from them, then all is checked, and there is no drift', async () => {
    const state = new FixedState({
      rows: [typeRow('A'), typeRow('B'), imageRow(N1, '1'), linkRow('1'), linkRow('2'), linkRow('3', '182T')],
      documents: [document('icao_aircraft', 'B'), document('icao_aircraft', 'A')],
      pointers: [defaultImage('REGISTRATION', 'N1', '1')],
      counts: [count(tuple('182T'), 1), count(tuple('172S'), 2)],
    });
    expect(await verify(state, fleet)).to.deep.equal({
      checked: { search: 2, defaultImages: 1, matcher: 2, derivedRows: 0 },
      drift: [],
      uncompared: [],
    });
  });

  it('given drift everywhere, then search comes first, then default images, then the matcher', async () => {
    const rows = [linkRow('1'), imageRow(N1, '1'), typeRow('A')];
    const { drift } = await verify(new FixedState({ rows }), fleet);
    expect(drift.map((each) => subsystemOf(each, fleet))).to.deep.equal([
      'search',
      'defaultImages',
      'matcher',
    ]);
    expect(drift.map(({ derivation }) => derivation)).to.deep.equal(Object.values(DERIVATIONS));
  });

  describe('of documents', () => {
    it('given rows without documents, then each is missing', async () => {
      const rows = [typeRow('A'), makerRow('B'), typeRow('C')];
      await expectOnly(
        'search',
        { rows, documents: [document('icao_aircraft', 'A')] },
        {
          checked: 3,
          drift: [
            { problem: 'missing', what: 'icao_aircraft/C' },
            { derivation: 'manufacturer-search', problem: 'missing', what: 'icao_manufacturers/B' },
          ],
        },
      );
    });

    it('given documents without rows, then each is extra, whether or not its collection has others', async () => {
      const documents = [
        document('icao_aircraft', 'B'),
        document('icao_aircraft', 'A'),
        document('registry', 'FAA:N1'),
      ];
      await expectOnly(
        'search',
        { rows: [typeRow('A')], documents },
        {
          checked: 3,
          drift: [
            { problem: 'extra', what: 'icao_aircraft/B' },
            { derivation: 'faa-registry', problem: 'extra', what: 'registry/FAA:N1' },
          ],
        },
      );
    });

    it('given a document with the id of a row of another collection, then one is extra and one missing', async () => {
      await expectOnly(
        'search',
        { rows: [typeRow('A')], documents: [document('icao_manufacturers', 'A')] },
        {
          checked: 2,
          drift: [
            { derivation: 'manufacturer-search', problem: 'extra', what: 'icao_manufacturers/A' },
            { problem: 'missing', what: 'icao_aircraft/A' },
          ],
        },
      );
    });

    it('given documents of collections with several derivations or none, then the ids tell, as far as they can', async () => {
      const documents = [
        document('registry', 'FOREIGN:1'),
        document('registry', 'FAA:1'),
        document('registry', 'UK:1'),
        document('others', '1'),
      ];
      const names = ['foreign-registry', 'faa-registry', 'faa-registry', NO_DERIVATION];
      await expectOnly(
        'search',
        { documents },
        {
          checked: 4,
          drift: documents.map(({ key: { collection, id } }, index) => ({
            derivation: names[index]!,
            problem: 'extra',
            what: `${collection}/${id}`,
          })),
        },
      );
    });

    it('given a document twice, then the second is extra', async () => {
      const twice = document('icao_aircraft', 'A');
      await expectOnly(
        'search',
        { rows: [typeRow('A')], documents: [twice, twice] },
        { checked: 2, drift: [{ problem: 'extra', what: 'icao_aircraft/A' }] },
      );
    });

    const row = typeRow('A', { model: 'CITATION', engine_count: decimal('2') });
    for (const [title, fields] of [
      ['a field of another value', { model: 'MUSTANG', engine_count: decimal('2') }],
      ['a field too few', { model: 'CITATION' }],
      ['a field too many', { model: 'CITATION', engine_count: decimal('2'), note: 'x' }],
      ['a field of another type', { model: 'CITATION', engine_count: '2' }],
    ] satisfies [string, DocumentFields][])
      it(`given a document with ${title}, then it is wrong`, async () => {
        await expectOnly(
          'search',
          { rows: [row], documents: [document('icao_aircraft', 'A', fields)] },
          { checked: 1, drift: [{ problem: 'wrong', what: 'icao_aircraft/A' }] },
        );
      });

    it('given a number that is written differently, then it is the same', async () => {
      const fields = { engine_count: decimal('2.0'), model: 'CITATION' };
      await expectOnly(
        'search',
        { rows: [row], documents: [document('icao_aircraft', 'A', fields)] },
        { checked: 1 },
      );
    });
  });

  describe('of default images', () => {
    const rows = [imageRow(N1, '1'), imageRow(N1, '3')];

    for (const imageId of ['1', '3'])
      it(`given a default that points to image ${imageId} of 1 and 3, then it is right, the newest or not`, async () => {
        const pointers = [defaultImage('REGISTRATION', 'N1', imageId)];
        await expectOnly('defaultImages', { rows, pointers }, { checked: 1 });
      });

    it('given entities with images and no default, then one is missing for each', async () => {
      await expectOnly(
        'defaultImages',
        { rows: [...rows, imageRow(C172, '1')] },
        {
          checked: 2,
          drift: [
            { problem: 'missing', what: N1 },
            { problem: 'missing', what: C172 },
          ],
        },
      );
    });

    it('given a default of an entity without images, then it is extra', async () => {
      const pointers = [defaultImage('ICAO', 'C172', '1'), defaultImage('REGISTRATION', 'N1', '1')];
      await expectOnly(
        'defaultImages',
        { rows, pointers },
        { checked: 2, drift: [{ problem: 'extra', what: C172 }] },
      );
    });

    it('given a default that points to an image that is gone, then it is wrong', async () => {
      await expectOnly(
        'defaultImages',
        { rows, pointers: [defaultImage('REGISTRATION', 'N1', '2')] },
        { checked: 1, drift: [{ problem: 'wrong', what: N1 }] },
      );
    });

    it('given a default that points to an image of which nothing is known, then its entity is not compared', async () => {
      const unknown = { ...defaultImage('REGISTRATION', 'N1', '2'), isTargetUnknown: true };
      const uncompared = ['it points to a row of which nothing is known'];
      await expectOnly('defaultImages', { pointers: [unknown] }, { checked: 0, uncompared });
      const rows = [imageRow(N1, '1'), imageRow(C172, '1')];
      const known = defaultImage('ICAO', 'C172', '1');
      await expectOnly('defaultImages', { rows, pointers: [unknown, known] }, { checked: 1, uncompared });
    });

    it('given a default that does not repeat its image’s attributes, then it is wrong', async () => {
      await expectOnly(
        'defaultImages',
        { rows, pointers: [defaultImage('REGISTRATION', 'N1', '1', 'old.jpg')] },
        { checked: 1, drift: [{ problem: 'wrong', what: N1 }] },
      );
    });
  });

  describe('of counts', () => {
    const rows = [linkRow('1'), linkRow('2')];
    const what = '["CESSNA","172S","C172"]';

    it('given links without a count, then one is missing for each tuple', async () => {
      await expectOnly(
        'matcher',
        { rows: [...rows, linkRow('3', '182T')] },
        {
          checked: 2,
          drift: [
            { problem: 'missing', what },
            { problem: 'missing', what: '["CESSNA","182T","C172"]' },
          ],
        },
      );
    });

    it('given a count without links, then it is extra', async () => {
      const counts = [count(tuple('172S', { type_designator: 'C182' }), 1), count(tuple('172S'), 2)];
      await expectOnly(
        'matcher',
        { rows, counts },
        { checked: 2, drift: [{ problem: 'extra', what: '["CESSNA","172S","C182"]' }] },
      );
    });

    for (const counted of [1, 3])
      it(`given ${counted} counted of 2 links, then it is wrong, and says what it must be`, async () => {
        await expectOnly(
          'matcher',
          { rows, counts: [count(tuple('172S'), counted)] },
          { checked: 1, drift: [{ problem: 'wrong', what: `${what}: ${counted}, expected 2` }] },
        );
      });
  });
});

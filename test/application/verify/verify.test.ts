import { expect } from 'chai';
import { type Drift, type Subsystem, verify } from '../../../src/application/verify/verify.ts';
import type { DocumentFields, DocumentKey } from '../../../src/domain/search-document.ts';
import type { Value } from '../../../src/domain/value.ts';
import { attributes, decimal, entity, image, tuple } from '../../support/factories.ts';
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
  return { entity: owner, image: image(imageId, { ...named, url }) };
}

interface Expected {
  readonly checked: number;
  readonly drift?: readonly Omit<Drift, 'subsystem'>[];
}

/** Expects this of one subsystem, and that the others have nothing to compare. */
async function expectOnly(subsystem: Subsystem, parts: StateParts, { checked, drift = [] }: Expected) {
  const found = await verify(new FixedState(parts));
  expect(found).to.deep.equal({
    checked: { search: 0, defaultImages: 0, matcher: 0, [subsystem]: checked },
    drift: drift.map((each) => ({ subsystem, ...each })),
  });
}

describe('verify', () => {
  it('given no rows and nothing derived, then nothing is checked, and there is no drift', async () => {
    expect(await verify(new FixedState({}))).to.deep.equal({
      checked: { search: 0, defaultImages: 0, matcher: 0 },
      drift: [],
    });
  });

  it('given rows and all that must be derived from them, then all is checked, and there is no drift', async () => {
    const state = new FixedState({
      rows: [typeRow('A'), typeRow('B'), imageRow(N1, '1'), linkRow('1'), linkRow('2'), linkRow('3', '182T')],
      documents: [document('icao_aircraft', 'B'), document('icao_aircraft', 'A')],
      defaultImages: [defaultImage('REGISTRATION', 'N1', '1')],
      tupleCounts: [
        { tuple: tuple('182T'), count: 1 },
        { tuple: tuple('172S'), count: 2 },
      ],
    });
    expect(await verify(state)).to.deep.equal({
      checked: { search: 2, defaultImages: 1, matcher: 2 },
      drift: [],
    });
  });

  it('given drift everywhere, then search comes first, then default images, then the matcher', async () => {
    const rows = [linkRow('1'), imageRow(N1, '1'), typeRow('A')];
    const { drift } = await verify(new FixedState({ rows }));
    expect(drift.map(({ subsystem }) => subsystem)).to.deep.equal(['search', 'defaultImages', 'matcher']);
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
            { problem: 'missing', what: 'icao_manufacturers/B' },
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
            { problem: 'extra', what: 'registry/FAA:N1' },
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
            { problem: 'extra', what: 'icao_manufacturers/A' },
            { problem: 'missing', what: 'icao_aircraft/A' },
          ],
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
        const defaultImages = [defaultImage('REGISTRATION', 'N1', imageId)];
        await expectOnly('defaultImages', { rows, defaultImages }, { checked: 1 });
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
      const defaultImages = [defaultImage('ICAO', 'C172', '1'), defaultImage('REGISTRATION', 'N1', '1')];
      await expectOnly(
        'defaultImages',
        { rows, defaultImages },
        { checked: 2, drift: [{ problem: 'extra', what: C172 }] },
      );
    });

    it('given a default that points to an image that is gone, then it is wrong', async () => {
      await expectOnly(
        'defaultImages',
        { rows, defaultImages: [defaultImage('REGISTRATION', 'N1', '2')] },
        { checked: 1, drift: [{ problem: 'wrong', what: N1 }] },
      );
    });

    it('given a default that points to an image of which nothing is known, then its entity is not compared', async () => {
      const unknown = { ...defaultImage('REGISTRATION', 'N1', '2'), isImageUnknown: true };
      await expectOnly('defaultImages', { defaultImages: [unknown] }, { checked: 0 });
      const rows = [imageRow(N1, '1'), imageRow(C172, '1')];
      const known = defaultImage('ICAO', 'C172', '1');
      await expectOnly('defaultImages', { rows, defaultImages: [unknown, known] }, { checked: 1 });
    });

    it('given a default that does not repeat its image’s attributes, then it is wrong', async () => {
      await expectOnly(
        'defaultImages',
        { rows, defaultImages: [defaultImage('REGISTRATION', 'N1', '1', 'old.jpg')] },
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
      const tupleCounts = [
        { tuple: tuple('172S', { typeDesignator: 'C182' }), count: 1 },
        { tuple: tuple('172S'), count: 2 },
      ];
      await expectOnly(
        'matcher',
        { rows, tupleCounts },
        { checked: 2, drift: [{ problem: 'extra', what: '["CESSNA","172S","C182"]' }] },
      );
    });

    for (const count of [1, 3])
      it(`given ${count} counted of 2 links, then it is wrong, and says what it must be`, async () => {
        await expectOnly(
          'matcher',
          { rows, tupleCounts: [{ tuple: tuple('172S'), count }] },
          { checked: 1, drift: [{ problem: 'wrong', what: `${what}: ${count}, expected 2` }] },
        );
      });
  });
});

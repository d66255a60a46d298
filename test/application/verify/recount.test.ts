import { expect } from 'chai';
import fc from 'fast-check';
import { toDelivery } from '../../../src/adapters/dynamodb-stream/to-delivery.ts';
import { recount } from '../../../src/application/verify/recount.ts';
import type { Value } from '../../../src/domain/value.ts';
import { generateRecords } from '../../../src/fleet/feed/generate.ts';
import { fleet } from '../../../src/fleet/definition.ts';
import { recountFleet } from '../../../src/fleet/recount.ts';
import { attributes, decimal } from '../../support/factories.ts';
import { eachOf } from './fixed-state.ts';

type PlainRow = Readonly<Record<string, Value>>;

/** What is derived of the fleet's rows, as plain objects. */
type Recounted = Readonly<{
  documents: Readonly<Record<string, Readonly<Record<string, object>>>>;
  images: Readonly<Record<string, Readonly<Record<string, object>>>>;
  counts: Readonly<Record<string, number>>;
}>;

/** Two ways to work it out, each without the other: from the definition, and from what is known of the fleet. */
const ORACLES: Readonly<Record<string, (...rows: readonly PlainRow[]) => Promise<Recounted>>> = {
  'from the definition': async (...rows) => {
    const { documents, pointers, counts } = await recount(rowsOf(rows), fleet);
    const { entities } = pointers.get('default-image')!;
    return {
      documents: plain(documents, (id, { fields }) => [id, fields]),
      images: plain(entities, (sort, repeated) => [sort.replace('IMG#', ''), repeated]),
      counts: Object.fromEntries(
        [...counts.get('matcher-tuple')!.sums].map(([tuple, sum]) => [tuple, Number(sum.text)]),
      ),
    };
  },
  'from the fleet': async (...rows) => {
    const { documents, images, counts } = await recountFleet(rowsOf(rows));
    return { documents: plain(documents), images: plain(images), counts: Object.fromEntries(counts) };
  },
};

describe('the two recounts of the fleet', () => {
  it('given every row that a made-up fleet ever has, then they say the same', async () => {
    const rows: PlainRow[] = [];
    for (const record of generateRecords({ seed: 29, records: 3_000 })) {
      const delivery = toDelivery(record, fleet.model);
      if (delivery.kind === 'change' && typeof delivery.change.after !== 'string')
        rows.push(Object.fromEntries(delivery.change.after.all()));
    }
    const [one, other] = await Promise.all(Object.values(ORACLES).map((recounted) => recounted(...rows)));
    expect(one).to.deep.equal(other);
    for (const found of Object.values(one!)) expect(Object.keys(found)).not.to.have.length(0);
  });
});

function rowsOf(rows: readonly PlainRow[]) {
  return eachOf(rows.map((row) => attributes(row)));
}

function plain<T>(
  maps: ReadonlyMap<string, ReadonlyMap<string, T>>,
  entryOf: (name: string, item: T) => [string, object] = (name, item) => [name, item as object],
): Record<string, Record<string, object>> {
  return Object.fromEntries(
    [...maps].map(([name, map]) => [
      name,
      Object.fromEntries([...map].map(([each, item]) => entryOf(each, item))),
    ]),
  );
}

const NOTHING = { documents: {}, images: {}, counts: {} };

/** A value for each name, each another. */
function valuesFor(names: string): PlainRow {
  return Object.fromEntries(names.split(' ').map((name) => [name, `the ${name}`]));
}

const REGISTRATION = {
  ...valuesFor(
    'registration serial_number manufacturer model type_designator icao24 status owner_name country updated_at',
  ),
  year_manufactured: decimal('1998'),
};
const IMAGE = {
  ...valuesFor('url thumbnail_url caption credit uploaded_at'),
  width: decimal('1600'),
  height: decimal('900'),
};
const ICAO_TYPE = {
  ...valuesFor('designator manufacturer model description engine_type wake_category'),
  engine_count: decimal('2'),
};
const ICAO_MANUFACTURER = valuesFor('code name country');

function imagesOf(org: string, type: string, id: string): string {
  return `IMAGES#ORG#${org}#ENTITY#${type}#ID#${id}`;
}

function identity(org: string, type: string, id: string, imageId: string): PlainRow {
  return { org_id: org, entity_type: type, entity_id: id, image_id: imageId };
}

function linkRow(serial: string, fields: PlainRow): PlainRow {
  return { PK: 'FAA#LINKS', SK: `MFR_MDL_CODE#1#SN#${serial}`, ...fields };
}

for (const [name, recounted] of Object.entries(ORACLES))
  describe(`recount ${name}`, () => {
    it('given no rows, then there is nothing', async () => {
      expect(await recounted()).to.deep.equal(NOTHING);
    });

    describe('of documents', () => {
      for (const [pk, sk, collection, id, fields] of [
        ['AIRCRAFT#REGISTRY#FAA', 'DETAIL#N1', 'registry', 'FAA:N1', { registry: 'FAA', ...REGISTRATION }],
        [
          'AIRCRAFT#REGISTRY#FOREIGN',
          'DETAIL#X',
          'registry',
          'FOREIGN:X',
          { registry: 'FOREIGN', ...REGISTRATION },
        ],
        ['ICAO#AIRCRAFT', 'TYPE#BE58', 'icao_aircraft', 'BE58', ICAO_TYPE],
        ['ICAO#MANUFACTURERS', 'MFR#BEECH', 'icao_manufacturers', 'BEECH', ICAO_MANUFACTURER],
      ] as const)
        it(`given a row of ${pk}, then its document has what is indexed, and no more`, async () => {
          const row = { ...fields, PK: pk, SK: sk, registry: 'of the row', note: 'not indexed' };
          expect(await recounted(row)).to.deep.equal({
            ...NOTHING,
            documents: { [collection]: { [id]: { id, ...fields } } },
          });
        });

      it('given several rows of one kind, then each has a document', async () => {
        const { documents } = await recounted(
          { PK: 'AIRCRAFT#REGISTRY#FAA', SK: 'DETAIL#N1' },
          { PK: 'AIRCRAFT#REGISTRY#FAA', SK: 'DETAIL#N2', model: '172S' },
          { PK: 'AIRCRAFT#REGISTRY#FOREIGN', SK: 'DETAIL#N1' },
        );
        expect(documents).to.deep.equal({
          registry: {
            'FAA:N1': { id: 'FAA:N1', registry: 'FAA' },
            'FAA:N2': { id: 'FAA:N2', registry: 'FAA', model: '172S' },
            'FOREIGN:N1': { id: 'FOREIGN:N1', registry: 'FOREIGN' },
          },
        });
      });

      it('given an attribute that is null, then the document has it too', async () => {
        const { documents } = await recounted({ PK: 'ICAO#AIRCRAFT', SK: 'TYPE#A', model: null });
        expect(documents).to.deep.equal({ icao_aircraft: { A: { id: 'A', model: null } } });
      });

      /** The ids of the documents, after the name of their collection. */
      const idsOf = async (...rows: readonly PlainRow[]) =>
        Object.entries((await recounted(...rows)).documents).map(([name, byId]) => [
          name,
          ...Object.keys(byId),
        ]);

      it('given keys with characters that separate, then each part of the id is percent-encoded by itself', async () => {
        const ids = await idsOf(
          { PK: 'AIRCRAFT#REGISTRY#FAA', SK: 'DETAIL#N:1/é' },
          { PK: 'ICAO#AIRCRAFT', SK: 'TYPE#A#B%' },
          { PK: 'ICAO#MANUFACTURERS', SK: 'MFR#:' },
          { PK: imagesOf('SYSTEM', 'REGISTRATION', 'N:1'), SK: 'IMG#a:b' },
        );
        expect(ids).to.deep.equal([
          ['registry', 'FAA:N%3A1%2F%C3%A9'],
          ['icao_aircraft', 'A%23B%25'],
          ['icao_manufacturers', '%3A'],
          ['aircraft_images', 'N%3A1:a%3Ab'],
        ]);
      });

      it('given parts of nothing but dots, then those are percent-encoded too', async () => {
        const ids = await idsOf(
          { PK: 'AIRCRAFT#REGISTRY#FAA', SK: 'DETAIL#.' },
          { PK: 'ICAO#AIRCRAFT', SK: 'TYPE#..' },
          { PK: 'ICAO#AIRCRAFT', SK: 'TYPE#.A.' },
          { PK: 'ICAO#MANUFACTURERS', SK: 'MFR#...' },
          { PK: imagesOf('SYSTEM', 'REGISTRATION', '..'), SK: 'IMG#.' },
        );
        expect(ids).to.deep.equal([
          ['registry', 'FAA:%2E'],
          ['icao_aircraft', '%2E%2E', '.A.'],
          ['icao_manufacturers', '%2E%2E%2E'],
          ['aircraft_images', '%2E%2E:%2E'],
        ]);
      });
    });

    describe('of images', () => {
      const pk = imagesOf('SYSTEM', 'REGISTRATION', 'N1');

      it('given an image that the platform itself shows of a registration, then it has a document as well', async () => {
        const own = identity('SYSTEM', 'REGISTRATION', 'N1', '01A');
        expect(await recounted({ PK: pk, SK: 'IMG#01A', ...IMAGE, ...own, note: 'not kept' })).to.deep.equal({
          ...NOTHING,
          documents: { aircraft_images: { 'N1:01A': { id: 'N1:01A', ...IMAGE, ...own } } },
          images: { [pk]: { '01A': { ...IMAGE, ...own } } },
        });
      });

      for (const [org, type] of [
        ['SYSTEM', 'ICAO'],
        ['ACME', 'REGISTRATION'],
        ['ACME', 'ICAO'],
      ] as const)
        it(`given an image of ${org} and of entity type ${type}, then it has no document`, async () => {
          const of = imagesOf(org, type, 'N1');
          expect(await recounted({ PK: of, SK: 'IMG#01A', url: 'u' })).to.deep.equal({
            ...NOTHING,
            images: { [of]: { '01A': { url: 'u', ...identity(org, type, 'N1', '01A') } } },
          });
        });

      it('given several images of an entity, then it has them all, and other entities have theirs', async () => {
        const other = imagesOf('SYSTEM', 'REGISTRATION', 'N2');
        const { images } = await recounted(
          { PK: pk, SK: 'IMG#01A' },
          { PK: pk, SK: 'IMG#01B' },
          { PK: other, SK: 'IMG#01A' },
        );
        expect(images).to.deep.equal({
          [pk]: {
            '01A': identity('SYSTEM', 'REGISTRATION', 'N1', '01A'),
            '01B': identity('SYSTEM', 'REGISTRATION', 'N1', '01B'),
          },
          [other]: { '01A': identity('SYSTEM', 'REGISTRATION', 'N2', '01A') },
        });
      });

      it('given attributes that contradict the key, then the default row must repeat what the key says', async () => {
        const { images } = await recounted({
          PK: pk,
          SK: 'IMG#01A',
          ...identity('ACME', 'ICAO', 'N2', '01B'),
        });
        expect(images[pk]).to.deep.equal({ '01A': identity('SYSTEM', 'REGISTRATION', 'N1', '01A') });
      });

      it('given ids with the key’s own words or line breaks, then the first that fits ends the organisation', async () => {
        const of = imagesOf('A\nB', 'ICAO', 'x\n#ENTITY#REGISTRATION#ID#y');
        const { images } = await recounted({ PK: of, SK: 'IMG#1' });
        expect(images).to.deep.equal({
          [of]: { '1': identity('A\nB', 'ICAO', 'x\n#ENTITY#REGISTRATION#ID#y', '1') },
        });
      });
    });

    describe('of links', () => {
      const tuple = { manufacturer: 'CESSNA', model: '172S', type_designator: 'C172' };

      it('given links, then each counts for its tuple', async () => {
        const rows = [
          linkRow('1', tuple),
          linkRow('2', { ...tuple, model: '182T' }),
          linkRow('3', tuple),
          linkRow('4', tuple),
        ];
        expect(await recounted(...rows)).to.deep.equal({
          ...NOTHING,
          counts: { '["CESSNA","172S","C172"]': 3, '["CESSNA","182T","C172"]': 1 },
        });
      });

      it('given fields with blanks around them, then they count without', async () => {
        const { counts } = await recounted(
          linkRow('1', tuple),
          linkRow('2', { manufacturer: ' CESSNA', model: '172S \t', type_designator: '\nC172 ' }),
        );
        expect(counts).to.deep.equal({ '["CESSNA","172S","C172"]': 2 });
      });

      for (const name of Object.keys(tuple))
        for (const [title, held] of [
          ['empty', { [name]: '' }],
          ['blank', { [name]: ' \t' }],
          ['null', { [name]: null }],
          ['a number', { [name]: decimal('172') }],
          ['a list', { [name]: ['172S'] }],
          ['missing', {}],
        ] as const)
          it(`given a link whose ${name} is ${title}, then it counts for no tuple`, async () => {
            const others = Object.entries(tuple).filter(([each]) => each !== name);
            const fields = { ...Object.fromEntries(others), ...held };
            expect(await recounted(linkRow('1', fields))).to.deep.equal(NOTHING);
          });
    });

    const everything = { ...REGISTRATION, ...IMAGE, ...ICAO_TYPE, ...ICAO_MANUFACTURER };
    const own = imagesOf('SYSTEM', 'REGISTRATION', 'N1');
    for (const [pk, sk] of [
      ['AIRCRAFT#REGISTRY#FAA', 'N1'],
      ['AIRCRAFT#REGISTRY#FAA', 'TYPE#N1'],
      ['AIRCRAFT#REGISTRY#FAA', 'x DETAIL#N1'],
      ['AIRCRAFT#REGISTRY#FAA', 'DETAIL#'],
      ['AIRCRAFT#REGISTRY#FOREIGN', 'DETAIL#'],
      ['AIRCRAFT#REGISTRY#FAA', 'DETAIL#\ud83d'],
      ['AIRCRAFT#REGISTRY#UK', 'DETAIL#N1'],
      ['AIRCRAFT#REGISTRY#', 'DETAIL#N1'],
      ['ICAO#AIRCRAFT', 'DETAIL#C172'],
      ['ICAO#AIRCRAFT', 'a TYPE#'],
      ['ICAO#AIRCRAFT', 'TYPE#'],
      ['ICAO#AIRCRAFTS', 'TYPE#C172'],
      ['ICAO#MANUFACTURERS', 'TYPE#CESSNA'],
      ['ICAO#MANUFACTURERS', 'CESSNA'],
      ['ICAO#MANUFACTURERS', 'MFR#'],
      ['ICAO#VARIANTS', 'TYPE#C172'],
      ['ICAO#MATCHER#MFR#CESSNA', 'MODEL#172S#TYPE#C172'],
      ['FAA#LINKS#OLD', 'MFR_MDL_CODE#1#SN#1'],
      ['FAA#LINKS', 'STATE'],
      ['FAA#LINKS', 'x MFR_MDL_CODE#1#SN#1'],
      ['FAA#LINKS', 'MFR_MDL_CODE#1'],
      ['FAA#LINKS', 'MFR_MDL_CODE#1#SN#'],
      ['FAA#LINKS', 'MFR_MDL_CODE##SN#1'],
      ['FAA#LINKS', 'MFR_MDL_CODE#1#SN#\ud83d'],
      [own, 'DEFAULT'],
      [own, 'IMAGE#01A'],
      [own, 'IMG#'],
      [imagesOf('\ud83d', 'REGISTRATION', 'N1'), 'IMG#01A'],
      [imagesOf('A#ENTITY#B', 'REGISTRATION', 'N1'), 'IMG#01A'],
      [`OLD#${own}`, 'IMG#01A'],
      ['IMAGES#ORG#SYSTEM', 'IMG#01A'],
      [imagesOf('', 'REGISTRATION', 'N1'), 'IMG#01A'],
      [imagesOf('SYSTEM', 'PILOT', 'N1'), 'IMG#01A'],
      [imagesOf('SYSTEM', 'REGISTRATION', ''), 'IMG#01A'],
      ['', ''],
    ] as const)
      it(`derives nothing of the row ${JSON.stringify([pk, sk]).slice(0, 70)}`, async () => {
        expect(await recounted({ PK: pk, SK: sk, ...everything })).to.deep.equal(NOTHING);
      });

    it('given any keys, then something is derived where they are those of a row that the worker derives from', async () => {
      const words = [
        ...[
          'AIRCRAFT#REGISTRY#',
          'FAA',
          'FOREIGN',
          'DETAIL#',
          'ICAO#AIRCRAFT',
          'TYPE#',
          'ICAO#MANUFACTURERS',
        ],
        ...[
          'MFR#',
          'FAA#LINKS',
          'MFR_MDL_CODE#',
          '#SN#',
          'IMAGES#ORG#',
          '#ENTITY#',
          '#ID#',
          'IMG#',
          'DEFAULT',
        ],
        ...['ICAO', 'REGISTRATION', 'SYSTEM', 'ICAO#VARIANTS', 'ICAO#MATCHER#MFR#', 'MODEL#', '#', 'N1', '.'],
        ...['\n', '🛩', '\ud83d', ''],
      ];
      const text = fc.array(fc.constantFrom(...words), { maxLength: 4 }).map((parts) => parts.join(''));
      const entity = fc
        .tuple(text, fc.constantFrom('ICAO', 'REGISTRATION', 'PILOT', ''), text)
        .map(([org, type, id]) => imagesOf(org, type, id));
      const PK = fc.oneof(
        fc.constantFrom('AIRCRAFT#REGISTRY#FAA', 'ICAO#AIRCRAFT', 'ICAO#MANUFACTURERS', 'FAA#LINKS'),
        entity,
        text,
      );
      const SK = fc
        .tuple(fc.constantFrom('DETAIL#', 'TYPE#', 'MFR#', 'MFR_MDL_CODE#', 'IMG#', ''), text)
        .map((parts) => parts.join(''));
      const derivedFrom = [
        'faa-registration',
        'foreign-registration',
        'image',
        'icao-type',
        'icao-manufacturer',
        'link',
      ];
      await fc.assert(
        fc.asyncProperty(PK, SK, async (PK, SK) => {
          const row = fleet.model.rowOf(PK, SK);
          const expected = row !== undefined && !('malformed' in row) && derivedFrom.includes(row.model.name);
          const found = await recounted({ PK, SK, ...everything });
          expect(Object.values(found).some((part) => Object.keys(part).length > 0)).to.equal(expected);
        }),
        { numRuns: 3_000 },
      );
    });

    it('given rows whose keys are missing or no strings, then nothing is derived from them', async () => {
      const rows = [
        everything,
        { PK: decimal('1'), SK: 'DETAIL#N1', ...everything },
        { PK: 'ICAO#AIRCRAFT', SK: decimal('1'), ...everything },
        { PK: 'ICAO#AIRCRAFT', ...everything },
      ];
      expect(await recounted(...rows)).to.deep.equal(NOTHING);
    });
  });

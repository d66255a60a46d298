import { expect } from 'chai';
import { ROW_MODELS, rowOf } from '../../../src/adapters/dynamodb-stream/row-models.ts';
import type { Row } from '../../../src/domain/row.ts';
import { HOSTILE_NAMES } from '../../support/hostile.ts';

/** Every kind of row: keys as the table has them, and what row that is. */
const KINDS: {
  kind: string;
  parts: number;
  keys: (...parts: string[]) => [pk: string, sk: string];
  row: (...parts: string[]) => Row;
}[] = [
  {
    kind: 'FAA registration',
    parts: 1,
    keys: (registration) => ['AIRCRAFT#REGISTRY#FAA', `DETAIL#${registration}`],
    row: (registration) => ({ kind: 'registration', registry: 'FAA', registration }),
  },
  {
    kind: 'foreign registration',
    parts: 1,
    keys: (registration) => ['AIRCRAFT#REGISTRY#FOREIGN', `DETAIL#${registration}`],
    row: (registration) => ({ kind: 'registration', registry: 'FOREIGN', registration }),
  },
  {
    kind: 'image of a registration',
    parts: 3,
    keys: (org, id, image) => [`IMAGES#ORG#${org}#ENTITY#REGISTRATION#ID#${id}`, `IMG#${image}`],
    row: (orgId, entityId, imageId) => ({
      kind: 'image',
      entity: { orgId, entityType: 'REGISTRATION', entityId },
      imageId,
    }),
  },
  {
    kind: 'image of an ICAO type',
    parts: 3,
    keys: (org, id, image) => [`IMAGES#ORG#${org}#ENTITY#ICAO#ID#${id}`, `IMG#${image}`],
    row: (orgId, entityId, imageId) => ({
      kind: 'image',
      entity: { orgId, entityType: 'ICAO', entityId },
      imageId,
    }),
  },
  {
    kind: 'default image',
    parts: 2,
    keys: (org, id) => [`IMAGES#ORG#${org}#ENTITY#ICAO#ID#${id}`, 'DEFAULT'],
    row: (orgId, entityId) => ({ kind: 'default-image', entity: { orgId, entityType: 'ICAO', entityId } }),
  },
  {
    kind: 'ICAO type',
    parts: 1,
    keys: (designator) => ['ICAO#AIRCRAFT', `TYPE#${designator}`],
    row: (designator) => ({ kind: 'icao-type', designator }),
  },
  {
    kind: 'ICAO manufacturer',
    parts: 1,
    keys: (code) => ['ICAO#MANUFACTURERS', `MFR#${code}`],
    row: (code) => ({ kind: 'icao-manufacturer', code }),
  },
  {
    kind: 'ICAO variant',
    parts: 1,
    keys: (anything) => ['ICAO#VARIANTS', anything],
    row: () => ({ kind: 'icao-variant' }),
  },
  {
    kind: 'FAA link',
    parts: 2,
    keys: (code, serial) => ['FAA#LINKS', `MFR_MDL_CODE#${code}#SN#${serial}`],
    row: (code, serial) => ({ kind: 'link', link: { code, serial } }),
  },
  {
    kind: 'matcher tuple',
    parts: 3,
    keys: (maker, model, type) => [`ICAO#MATCHER#MFR#${maker}`, `MODEL#${model}#TYPE#${type}`],
    row: () => ({ kind: 'matcher-tuple' }),
  },
];

describe('rowOf', () => {
  for (const { kind, parts, keys, row } of KINDS)
    describe(`given the keys of an ${kind}`, () => {
      const plain = ['N172SP', '0A', '7'].slice(0, parts);

      it('recognises it', () => {
        expect(rowOf(...keys(...plain))).to.deep.equal(row(...plain));
      });

      for (const hostile of HOSTILE_NAMES)
        it(`recognises it with ${JSON.stringify(hostile.slice(0, 60))} in each of its parts`, () => {
          for (const place of plain.keys()) {
            const named = plain.with(place, hostile);
            expect(rowOf(...keys(...named))).to.deep.equal(row(...named));
          }
        });

      it('finds it malformed without one of its parts', () => {
        for (const place of plain.keys())
          expect(rowOf(...keys(...plain.with(place, '')))).to.have.property('malformed');
      });

      it('finds it malformed with a lone surrogate in one of its parts', () => {
        for (const place of plain.keys())
          expect(rowOf(...keys(...plain.with(place, 'x\ud800'))))
            .to.have.property('malformed')
            .that.matches(/^[PS]K ".*" is not well-formed Unicode$/);
      });

      it('is the only model to do so', () => {
        const [pk, sk] = keys(...plain);
        expect(
          ROW_MODELS.filter((each) => each.pk.match(pk) !== undefined && each.sk.match(sk) !== undefined),
        ).to.have.length(1);
      });
    });

  const unknown: [what: string, pk: string, sk: string][] = [
    ['a partition that nobody knows', 'PILOTS', 'DETAIL#N1'],
    ['keys without any #', 'pk', 'sk'],
    ['empty keys', '', ''],
    ['a partition that only begins like a known one', 'AIRCRAFT#REGISTRY#FAA2', 'DETAIL#N1'],
    ['a partition that goes on after a known one', 'AIRCRAFT#REGISTRY#FAA#OLD', 'DETAIL#N1'],
    ['a partition in small letters', 'aircraft#registry#faa', 'DETAIL#N1'],
    ['a partition without its last part', 'AIRCRAFT#REGISTRY', 'DETAIL#N1'],
    ['another sort key in a known partition', 'AIRCRAFT#REGISTRY#FAA', 'HISTORY#N1'],
    ['the sort key of another kind', 'ICAO#AIRCRAFT', 'MFR#CESSNA'],
    ['a sort key without #', 'AIRCRAFT#REGISTRY#FAA', 'DETAIL'],
    ['another row beside images', 'IMAGES#ORG#A#ENTITY#ICAO#ID#1', 'ALBUM#1'],
    ['what goes on after DEFAULT', 'IMAGES#ORG#A#ENTITY#ICAO#ID#1', 'DEFAULT#2'],
    ['a sort key of images in small letters', 'IMAGES#ORG#A#ENTITY#ICAO#ID#1', 'default'],
    ['another partition of images', 'IMAGES#SHARED', 'IMG#1'],
    ['another row beside malformed images', 'IMAGES#ORG#', 'ALBUM#1'],
    ['another row beside links', 'FAA#LINKS', 'SN#1'],
    ['a count of the matcher beside its tuples', 'ICAO#MATCHER#MFR#CESSNA', 'TOTAL'],
    ['the partition of the matcher itself', 'ICAO#MATCHER', 'MODEL#1#TYPE#2'],
  ];
  for (const [what, pk, sk] of unknown)
    it(`does not know ${what}`, () => {
      expect(rowOf(pk, sk)).to.equal(undefined);
    });

  const malformed: [what: string, pk: string, sk: string, message: string][] = [
    ['DETAIL# alone', 'AIRCRAFT#REGISTRY#FAA', 'DETAIL#', 'SK "DETAIL#" has no registration'],
    ['TYPE# alone', 'ICAO#AIRCRAFT', 'TYPE#', 'SK "TYPE#" has no designator'],
    [
      'a link without a serial number',
      'FAA#LINKS',
      'MFR_MDL_CODE#1#SN#',
      'SK "MFR_MDL_CODE#1#SN#" has no serial',
    ],
    ['a link without #SN#', 'FAA#LINKS', 'MFR_MDL_CODE#1', 'SK "MFR_MDL_CODE#1" has no code'],
    [
      'an image of no organisation',
      'IMAGES#ORG##ENTITY#ICAO#ID#1',
      'IMG#1',
      'PK "IMAGES#ORG##ENTITY#ICAO#ID#1" has no org_id',
    ],
    ['an image of no entity', 'IMAGES#ORG#A', 'IMG#1', 'PK "IMAGES#ORG#A" has no org_id'],
    [
      'an image of no entity type',
      'IMAGES#ORG#A#ENTITY#ICAO',
      'IMG#1',
      'PK "IMAGES#ORG#A#ENTITY#ICAO" has no entity_type',
    ],
    ['an image without an id', 'IMAGES#ORG#A#ENTITY#ICAO#ID#1', 'IMG#', 'SK "IMG#" has no image_id'],
    [
      'a default image of no entity',
      'IMAGES#ORG#A#ENTITY#ICAO#ID#',
      'DEFAULT',
      'PK "IMAGES#ORG#A#ENTITY#ICAO#ID#" has no entity_id',
    ],
    [
      'an image of an unknown entity type',
      'IMAGES#ORG#A#ENTITY#AIRPORT#ID#1',
      'IMG#1',
      'PK "IMAGES#ORG#A#ENTITY#AIRPORT#ID#1" names the entity type "AIRPORT"; expected ICAO or REGISTRATION',
    ],
    [
      'a default image of an unknown entity type',
      'IMAGES#ORG#A#ENTITY#icao#ID#1',
      'DEFAULT',
      'PK "IMAGES#ORG#A#ENTITY#icao#ID#1" names the entity type "icao"; expected ICAO or REGISTRATION',
    ],
  ];
  for (const [what, pk, sk, message] of malformed)
    it(`finds ${what} malformed, and says why`, () => {
      expect(rowOf(pk, sk))
        .to.have.property('malformed')
        .that.satisfies((text: string) => text.startsWith(message));
    });

  it('gives all unknown entity types one reason', () => {
    const reasons = ['AIRPORT', 'OPERATOR'].map((type) =>
      rowOf(`IMAGES#ORG#A#ENTITY#${type}#ID#1`, 'DEFAULT'),
    );
    expect(new Set(reasons.map((row) => row && 'reason' in row && row.reason))).to.deep.equal(
      new Set(['PK names an unknown entity type; expected ICAO or REGISTRATION']),
    );
  });

  it('lets the last part of a key hold what looks like more parts', () => {
    expect(rowOf('AIRCRAFT#REGISTRY#FAA', 'DETAIL#N1#EXTRA#2')).to.deep.include({
      registration: 'N1#EXTRA#2',
    });
    expect(rowOf('FAA#LINKS', 'MFR_MDL_CODE#1#SN#2#SN#3')).to.deep.include({
      link: { code: '1', serial: '2#SN#3' },
    });
    expect(rowOf('IMAGES#ORG#A#ENTITY#ICAO#ID#1#ID#2', 'IMG#3#4')).to.deep.include({
      entity: { orgId: 'A', entityType: 'ICAO', entityId: '1#ID#2' },
      imageId: '3#4',
    });
  });
});

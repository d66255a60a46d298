import { expect } from 'chai';
import { keyOf, type Row } from '../../src/domain/row.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { rowModel } from '../support/factories.ts';
import { HOSTILE_NAMES } from '../support/hostile.ts';

type Keys = [pk: string, sk: string];

const rowOf = (pk: string, sk: string) => fleet.model.rowOf(pk, sk);
const made = (name: string, ...parts: string[]): Row => ({ model: rowModel(name), parts });

/** Every kind of row: how many parts its keys have, its keys as the table has them, and what row that is. */
const KINDS: Record<string, [parts: number, keys: (...p: string[]) => Keys, row: (...p: string[]) => Row]> = {
  'an FAA registration': [
    1,
    (registration) => ['AIRCRAFT#REGISTRY#FAA', `DETAIL#${registration}`],
    (registration) => made('faa-registration', registration),
  ],
  'a foreign registration': [
    1,
    (registration) => ['AIRCRAFT#REGISTRY#FOREIGN', `DETAIL#${registration}`],
    (registration) => made('foreign-registration', registration),
  ],
  'an image of a registration': [
    3,
    (org, id, image) => [`IMAGES#ORG#${org}#ENTITY#REGISTRATION#ID#${id}`, `IMG#${image}`],
    (org, id, image) => made('image', org, 'REGISTRATION', id, image),
  ],
  'an image of an ICAO type': [
    3,
    (org, id, image) => [`IMAGES#ORG#${org}#ENTITY#ICAO#ID#${id}`, `IMG#${image}`],
    (org, id, image) => made('image', org, 'ICAO', id, image),
  ],
  'a default image': [
    2,
    (org, id) => [`IMAGES#ORG#${org}#ENTITY#ICAO#ID#${id}`, 'DEFAULT'],
    (org, id) => made('default-image', org, 'ICAO', id),
  ],
  'an ICAO type': [
    1,
    (designator) => ['ICAO#AIRCRAFT', `TYPE#${designator}`],
    (designator) => made('icao-type', designator),
  ],
  'an ICAO manufacturer': [
    1,
    (code) => ['ICAO#MANUFACTURERS', `MFR#${code}`],
    (code) => made('icao-manufacturer', code),
  ],
  'an ICAO variant': [
    1,
    (anything) => ['ICAO#VARIANTS', anything],
    (anything) => made('icao-variant', anything),
  ],
  'an FAA link': [
    2,
    (code, serial) => ['FAA#LINKS', `MFR_MDL_CODE#${code}#SN#${serial}`],
    (code, serial) => made('link', code, serial),
  ],
  'a matcher tuple': [
    3,
    (maker, model, type) => [`ICAO#MATCHER#MFR#${maker}`, `MODEL#${model}#TYPE#${type}`],
    (maker, model, type) => made('matcher-tuple', maker, model, type),
  ],
};

describe('a row of the fleet', () => {
  for (const [kind, [parts, keys, row]] of Object.entries(KINDS))
    describe(`given the keys of ${kind}`, () => {
      const plain = ['N172SP', '0A', '7'].slice(0, parts);

      it('then it is recognised, by one model only, whatever each of its parts holds', () => {
        for (const place of plain.keys())
          for (const part of ['N172SP', ...HOSTILE_NAMES]) {
            const named = plain.with(place, part);
            const [pk, sk] = keys(...named);
            const found = rowOf(pk, sk) as Row;
            expect(found).to.deep.equal(row(...named));
            expect(found.model).to.equal(row(...named).model);
            expect(keyOf(found)).to.deep.equal({ partition: pk, sort: sk });
            const models = fleet.model.rows.filter(
              ({ partition, sort }) => partition.match(pk) && sort?.match(sk),
            );
            expect(models).to.have.length(1);
          }
      });

      it('then it is malformed without one of its parts, or with half a character in one', () => {
        for (const place of plain.keys()) {
          expect(rowOf(...keys(...plain.with(place, '')))).to.have.property('malformed');
          expect(rowOf(...keys(...plain.with(place, 'x\ud800'))))
            .to.have.property('malformed')
            .that.matches(/^[PS]K ".*" is not well-formed Unicode$/);
        }
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
    it(`given ${what}, then no kind of row has such keys`, () => {
      expect(rowOf(pk, sk)).to.equal(undefined);
    });

  const images = 'IMAGES#ORG#A#ENTITY#ICAO#ID#1';
  const malformed: [pk: string, sk: string, message: string][] = [
    ['AIRCRAFT#REGISTRY#FAA', 'DETAIL#', 'SK "DETAIL#" has no registration'],
    ['ICAO#AIRCRAFT', 'TYPE#', 'SK "TYPE#" has no designator'],
    ['FAA#LINKS', 'MFR_MDL_CODE#1#SN#', 'SK "MFR_MDL_CODE#1#SN#" has no serial'],
    ['FAA#LINKS', 'MFR_MDL_CODE#1', 'SK "MFR_MDL_CODE#1" has no code'],
    ['IMAGES#ORG##ENTITY#ICAO#ID#1', 'IMG#1', 'PK "IMAGES#ORG##ENTITY#ICAO#ID#1" has no org_id'],
    ['IMAGES#ORG#A', 'IMG#1', 'PK "IMAGES#ORG#A" has no org_id'],
    ['IMAGES#ORG#A#ENTITY#ICAO', 'IMG#1', 'PK "IMAGES#ORG#A#ENTITY#ICAO" has no entity_type'],
    [images, 'IMG#', 'SK "IMG#" has no image_id'],
    ['IMAGES#ORG#A#ENTITY#ICAO#ID#', 'DEFAULT', 'PK "IMAGES#ORG#A#ENTITY#ICAO#ID#" has no entity_id'],
    ...(['AIRPORT', 'icao'] as const).flatMap((type) =>
      ['IMG#1', 'DEFAULT'].map((sk): [string, string, string] => [
        images.replace('ICAO', type),
        sk,
        `PK "${images.replace('ICAO', type)}" names the entity type "${type}"; expected ICAO or REGISTRATION`,
      ]),
    ),
  ];
  for (const [pk, sk, message] of malformed)
    it(`given ${pk} and ${sk}, then ${message.slice(0, 30)}…`, () => {
      expect(rowOf(pk, sk))
        .to.have.property('malformed')
        .that.satisfies((text: string) => text.startsWith(message));
    });

  it('given unknown entity types, then all have one reason', () => {
    const reasons = ['AIRPORT', 'OPERATOR'].map((type) =>
      rowOf(`IMAGES#ORG#A#ENTITY#${type}#ID#1`, 'DEFAULT'),
    );
    expect(new Set(reasons.map((row) => row && 'reason' in row && row.reason))).to.deep.equal(
      new Set(['PK names an unknown entity type; expected ICAO or REGISTRATION']),
    );
  });

  it('given what looks like more parts, then the last part holds it', () => {
    expect(rowOf('AIRCRAFT#REGISTRY#FAA', 'DETAIL#N1#EXTRA#2')).to.deep.equal(
      made('faa-registration', 'N1#EXTRA#2'),
    );
    expect(rowOf('FAA#LINKS', 'MFR_MDL_CODE#1#SN#2#SN#3')).to.deep.equal(made('link', '1', '2#SN#3'));
    expect(rowOf('IMAGES#ORG#A#ENTITY#ICAO#ID#1#ID#2', 'IMG#3#4')).to.deep.equal(
      made('image', 'A', 'ICAO', '1#ID#2', '3#4'),
    );
  });
});

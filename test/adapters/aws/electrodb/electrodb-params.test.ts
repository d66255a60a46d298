import { expect } from 'chai';
import { createWriteTransaction } from 'electrodb';
import fc from 'fast-check';
import {
  defaultImageEntity,
  imageEntity,
  linkStateEntity,
  tupleEntity,
} from '../../../../src/adapters/aws/electrodb/entities.ts';
import {
  imageConditionOf,
  imageStillSays,
  rowExists,
  rowIsAbsent,
  rowStillIs,
} from '../../../../src/adapters/aws/electrodb/images/image-conditions.ts';
import {
  defaultRowWrite,
  imageCheck,
  type ImageEntities,
  keyOf,
} from '../../../../src/adapters/aws/electrodb/images/image-writes.ts';
import { KnownCounts } from '../../../../src/adapters/aws/electrodb/matcher/known-counts.ts';
import { linkStateRowOf } from '../../../../src/adapters/aws/electrodb/matcher/link-state-row.ts';
import {
  type MatcherEntities,
  writeMoves,
} from '../../../../src/adapters/aws/electrodb/matcher/move-transaction.ts';
import { toNative } from '../../../../src/adapters/aws/electrodb/native-value.ts';
import { ParamsTemplates } from '../../../../src/adapters/aws/electrodb/params-templates.ts';
import type { TransactItem } from '../../../../src/adapters/aws/electrodb/write-transaction.ts';
import { tupleKeyOf } from '../../../../src/adapters/aws/electrodb/matcher/tuple-row.ts';
import type { DefaultImageWrite } from '../../../../src/application/ports/image-repository.ts';
import type { Image } from '../../../../src/domain/default-image.ts';
import type { Entity } from '../../../../src/domain/row.ts';
import { type Value, ValueSet } from '../../../../src/domain/value.ts';
import { HOSTILE_NAMES } from '../../../support/hostile.ts';
import { decimal } from '../../../support/factories.ts';
import { DocumentClientDouble } from './document-client-double.ts';

/** Texts that mean something to ElectroDB, to DynamoDB or to `String.replace`, among any others. */
const text = fc.oneof(
  fc.constantFrom(
    ...HOSTILE_NAMES,
    '#PK',
    ':pk',
    '${org_id}',
    '$&',
    '$1',
    'a\nb',
    '',
    '#sequence',
    '\u0002',
    '🛩',
  ),
  fc.string({ unit: 'binary' }).filter((any) => !any.includes('\u0000')),
);
const version = fc.record({ generation: fc.nat(2), epoch: text, sequence: text });
const tuple = fc.record({ manufacturer: text, model: text, typeDesignator: text });
const move = fc.record({
  link: fc.record({ code: text, serial: text }),
  from: fc.option(
    fc.record({ version, tuple: fc.option(tuple, { nil: undefined }), removed: fc.boolean() }),
    {
      nil: undefined,
    },
  ),
  to: fc.record({ version, tuple: fc.option(tuple, { nil: undefined }), removed: fc.boolean() }),
});
const value: fc.Arbitrary<Value> = fc.oneof(
  text,
  fc.integer().map((n) => decimal(String(n))),
  fc.constantFrom<Value>(
    null,
    true,
    decimal('12345678901234567890.125'),
    new Uint8Array([1]),
    ['a', null],
    {},
  ),
  fc.constant(new ValueSet(['a', 'b'])),
);
const image: fc.Arbitrary<Image> = fc.record({
  imageId: text,
  attributes: fc.dictionary(
    fc.constantFrom('url', 'thumbnail_url', 'caption', 'credit', 'width', 'height', 'uploaded_at'),
    value,
    { noNullPrototype: true },
  ),
});
const entity = fc.record({ orgId: text, entityType: text, entityId: text }) as fc.Arbitrary<Entity>;
const revision = fc.option(
  fc.record({ revision: text, imageId: text }, { requiredKeys: [] }).map((row) => JSON.stringify(row)),
  { nil: undefined },
);

describe('parameters that are filled in', () => {
  const double = new DocumentClientDouble();
  const templates = new ParamsTemplates();
  const matcher: MatcherEntities = {
    client: double.client,
    templates,
    tuples: tupleEntity(double.client, 'rows'),
    states: linkStateEntity(double.client, 'states'),
  };
  const images: ImageEntities = {
    templates,
    images: imageEntity(double.client, 'rows'),
    defaults: defaultImageEntity(double.client, 'rows'),
  };

  it('given any moves, when written, then they are what ElectroDB writes', async () => {
    const clean = (row: object) => ({ ...row, expires_at: undefined });
    await fc.assert(
      fc.asyncProperty(
        move,
        tuple,
        fc.integer({ min: -50, max: 50 }),
        fc.nat(60),
        async (one, of, delta, known) => {
          fc.pre(delta !== 0);
          const counts = new KnownCounts();
          counts.set(of, known);
          await writeMoves(matcher, [one], [{ tuple: of, delta }], counts, undefined);
          const [written, counted] = double.writes.at(-1)!.TransactItems;
          const { tuples, states } = matcher;
          const [state, count] = itemsOf(
            createWriteTransaction({ tuples, states }, ({ tuples, states }) => [
              states
                .put(linkStateRowOf(one.link, one.to, Date.now()))
                .where(({ generation, epoch, sequence }, { eq, notExists }) => {
                  if (one.from === undefined) return notExists(sequence);
                  const { version: read } = one.from;
                  const same = eq(generation, read.generation);
                  return [
                    read.generation === 0 ? `(${same} OR ${notExists(generation)})` : same,
                    eq(epoch, read.epoch),
                    eq(sequence, read.sequence),
                  ].join(' AND ');
                })
                .commit(),
              delta > 0
                ? tuples.update(tupleKeyOf(of)).add({ count: delta }).commit()
                : known + delta === 0
                  ? tuples
                      .delete(tupleKeyOf(of))
                      .where(({ count }, { eq }) => eq(count, known))
                      .commit()
                  : tuples
                      .update(tupleKeyOf(of))
                      .add({ count: delta })
                      .where(({ count }, { gt }) => gt(count, -delta))
                      .commit(),
            ]),
          );
          const put = written!['Put']!;
          const item = put['Item'] as Record<string, unknown>;
          expect({ ...put, Item: clean(item) }).to.deep.equal({
            ...state?.Put,
            Item: clean(state?.Put?.Item ?? {}),
          });
          expect(item).to.have.keys(Object.keys(state?.Put?.Item ?? {}));
          if (one.to.removed)
            expect(item['expires_at']).to.be.closeTo(Number(state?.Put?.Item?.['expires_at']), 60);
          expect(counted).to.deep.equal(count);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('given any default row, when written or removed, then that is what ElectroDB does', () => {
    const property = fc.property(entity, fc.option(image, { nil: undefined }), revision, (of, one, read) => {
      const write = {
        view: { entity: of, newest: undefined, current: undefined, pointed: undefined, revision: read },
        image: one,
      } as DefaultImageWrite;
      const filled = defaultRowWrite(images, write);
      const { defaults } = images;
      const [expected] = itemsOf(
        createWriteTransaction({ defaults }, ({ defaults }) => {
          const made =
            one === undefined
              ? defaults.delete(keyOf(of))
              : defaults.put({
                  ...Object.fromEntries(
                    Object.entries(one.attributes).map(([name, any]) => [name, toNative(any)]),
                  ),
                  ...keyOf(of),
                  image_id: one.imageId,
                  revision: filled.Put!.Item!['revision'] as string,
                });
          return [
            read === undefined
              ? made.where(rowIsAbsent).commit()
              : made
                  .where(rowExists)
                  .where(rowStillIs(JSON.parse(read) as object))
                  .commit(),
          ];
        }),
      );
      expect(filled).to.deep.equal(expected);
    });
    fc.assert(property, { numRuns: 400 });
  });

  it('given any image, when checked, then that is what ElectroDB checks', () => {
    const property = fc.property(entity, image, fc.boolean(), (of, one, there) => {
      const { images: photos } = images;
      const [expected] = itemsOf(
        createWriteTransaction({ photos }, ({ photos }) => {
          const check = photos.check({ ...keyOf(of), image_id: one.imageId });
          return [
            there
              ? check
                  .where(rowExists)
                  .where(imageStillSays(imageConditionOf(one)))
                  .commit()
              : check.where(rowIsAbsent).commit(),
          ];
        }),
      );
      const ground = { imageId: one.imageId, image: there ? one : undefined };
      expect({ ConditionCheck: imageCheck(images, of, ground) }).to.deep.equal(expected);
    });
    fc.assert(property, { numRuns: 400 });
  });
});

/** Without what marks them as parts of a transaction. */
function itemsOf(transaction: { params(): unknown }): TransactItem[] {
  const { TransactItems } = transaction.params() as { TransactItems: TransactItem[] };
  return TransactItems.map((item) => Object.fromEntries(Object.entries(item)));
}

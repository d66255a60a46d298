import { expect } from 'chai';
import fc from 'fast-check';
import {
  DEFAULT_ROWS,
  IMAGES,
  LINK_STATES,
  TUPLES,
} from '../../../../src/adapters/aws/electrodb/entities.ts';
import {
  defaultRowWrite,
  imageCheck,
  type RowRevision,
} from '../../../../src/adapters/aws/electrodb/images/default-row-transaction.ts';
import { entityAttributes, IMAGE_DETAILS } from '../../../../src/adapters/aws/electrodb/images/image-rows.ts';
import * as keys from '../../../../src/adapters/aws/electrodb/keys.ts';
import {
  linkAttributes,
  linkStateRowOf,
} from '../../../../src/adapters/aws/electrodb/matcher/link-state-row.ts';
import { countWrite, stateWrite } from '../../../../src/adapters/aws/electrodb/matcher/move-transaction.ts';
import { tupleAttributes } from '../../../../src/adapters/aws/electrodb/matcher/tuple-row.ts';
import { toNative } from '../../../../src/adapters/aws/electrodb/native-value.ts';
import type { DefaultImageWrite } from '../../../../src/application/ports/image-repository.ts';
import type { Image } from '../../../../src/domain/default-image.ts';
import type { LinkMove } from '../../../../src/domain/link-move.ts';
import type { Entity } from '../../../../src/domain/row.ts';
import { Decimal } from '../../../../src/domain/decimal.ts';
import { type Value, ValueSet } from '../../../../src/domain/value.ts';
import { HOSTILE_NAMES } from '../../../support/hostile.ts';
import { decimal } from '../../../support/factories.ts';

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
const move: fc.Arbitrary<LinkMove> = fc.record({
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

/** Parameters of one write, whoever made them. */
interface Write {
  readonly ConditionExpression?: string;
  readonly UpdateExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Readonly<Record<string, unknown>>;
}

/** A write with the names that placeholders stand for, and the values in the order of theirs. All of them are used. */
function meaningOf(write: object | undefined) {
  const {
    ExpressionAttributeNames: names = {},
    ExpressionAttributeValues: values = {},
    ...rest
  } = write as Write;
  const used = new Set<string>();
  const inOrder: unknown[] = [];
  const readable = (expression = '') =>
    expression.replaceAll(/[#:]\w+/g, (placeholder) => {
      used.add(placeholder);
      if (placeholder.startsWith('#')) return names[placeholder]!;
      inOrder.push(values[placeholder]);
      return '?';
    });
  const UpdateExpression = readable(rest.UpdateExpression);
  const ConditionExpression = readable(rest.ConditionExpression);
  expect([...used]).to.have.members([...Object.keys(names), ...Object.keys(values)]);
  return { ...rest, UpdateExpression, ConditionExpression, values: inOrder };
}

const TABLES = { table: 'rows', stateTable: 'states', keys };
const ROWS = { table: 'rows' };
const STATES = { table: 'states' };
const NOW = Date.parse('2026-01-05T09:00:00.999Z');

describe('what is written without ElectroDB', () => {
  const check = <T>(arbitrary: fc.Arbitrary<T>, property: (one: T) => void) => {
    fc.assert(fc.property(arbitrary, property), { numRuns: 400 });
  };

  it('given any rows, then their keys and the query for the newest image are as ElectroDB makes them', () => {
    check(fc.tuple(entity, text, tuple, move), ([of, imageId, held, { link }]) => {
      const image = { ...entityAttributes(of), image_id: imageId };
      expect([
        keys.imageKey(of, imageId),
        keys.defaultRowKey(of),
        keys.tupleRowKey(held),
        keys.linkStateKey(link),
      ]).to.deep.equal(
        [
          IMAGES.get(image).params(ROWS),
          DEFAULT_ROWS.get(entityAttributes(of)).params(ROWS),
          TUPLES.get(tupleAttributes(held)).params(ROWS),
          LINK_STATES.get(linkAttributes(link)).params(ROWS),
        ].map((params) => (params as unknown as { Key: unknown }).Key),
      );
      expect(keys.newestImageQuery('rows', of)).to.deep.equal(
        IMAGES.query
          .images(entityAttributes(of))
          .params({ ...ROWS, order: 'desc', limit: 1, consistent: true }),
      );
    });
  });

  it('given any move, when its state is written, then that is what ElectroDB writes', () => {
    check(move, (one) => {
      const { Put } = stateWrite(TABLES, one, NOW);
      const expected = LINK_STATES.put(linkStateRowOf(one.link, one.to, NOW))
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
        .params(STATES);
      expect(meaningOf(Put)).to.deep.equal(meaningOf(expected));
    });
  });

  it('given any change of a count, when it is written, then that is what ElectroDB writes', () => {
    const delta = fc.integer({ min: -50, max: 50 }).filter((any) => any !== 0);
    check(fc.tuple(tuple, delta, fc.nat(60)), ([of, change, known]) => {
      const row = tupleAttributes(of);
      const { Update, Delete } = countWrite(TABLES, of, change, known);
      const expected =
        change > 0
          ? TUPLES.update(row).add({ count: change })
          : known + change === 0
            ? TUPLES.delete(row).where(({ count }, { eq }) => eq(count, known))
            : TUPLES.update(row)
                .add({ count: change })
                .where(({ count }, { gt }) => gt(count, -change));
      expect(Delete === undefined).to.equal(change > 0 || known + change !== 0);
      expect(meaningOf(Update ?? Delete)).to.deep.equal(meaningOf(expected.params(ROWS)));
    });
  });

  // Conditions on keys are in a `where` of their own: ElectroDB takes a value that reads like what `field` returned in the
  // same one, such as the caption `#PK`, for that very field.

  it('given any default row, when written or removed, then that is what ElectroDB does', () => {
    check(fc.tuple(entity, fc.option(image, { nil: undefined }), revision), ([of, one, read]) => {
      const write = { view: { entity: of, revision: read }, image: one } as DefaultImageWrite;
      const { Put, Delete } = defaultRowWrite(TABLES, write);
      const details = Object.entries(one?.attributes ?? {}).map(
        ([name, any]) => [name, toNative(any)] as const,
      );
      const made =
        one === undefined
          ? DEFAULT_ROWS.delete(entityAttributes(of))
          : DEFAULT_ROWS.put({
              ...Object.fromEntries(details),
              ...entityAttributes(of),
              image_id: one.imageId,
              revision: Put!.Item!['revision'] as string,
            });
      const expected =
        read === undefined
          ? made.where((_, { field }) => `attribute_not_exists(${field('PK')})`)
          : made
              .where((_, { field }) => `attribute_exists(${field('PK')})`)
              .where((row, { eq, type }) => {
                const { revision: old, imageId } = JSON.parse(read) as RowRevision;
                const same = old === undefined ? `NOT ${type(row.revision, 'S')}` : eq(row.revision, old);
                const points =
                  imageId === undefined ? `NOT ${type(row.image_id, 'S')}` : eq(row.image_id, imageId);
                return `${same} AND ${points}`;
              });
      expect((one === undefined ? Put : Delete) === undefined).to.equal(true);
      expect(meaningOf(Put ?? Delete)).to.deep.equal(meaningOf(expected.params(ROWS)));
    });
  });

  it('given any image, when checked, then that is what ElectroDB checks', () => {
    check(fc.tuple(entity, image, fc.boolean()), ([of, one, there]) => {
      // To ElectroDB, which checks within its own transactions only, it is a deletion: both have a key and a condition.
      const target = IMAGES.delete({ ...entityAttributes(of), image_id: one.imageId });
      const expected = there
        ? target
            .where((_, { field }) => `attribute_exists(${field('PK')})`)
            .where((row, { eq, exists, notExists }) =>
              IMAGE_DETAILS.map((name) => {
                const value: Value | undefined = one.attributes[name];
                if (value === undefined) return notExists(row[name]);
                return isMapOrList(value) ? exists(row[name]) : eq(row[name], toNative(value));
              }).join(' AND '),
            )
        : target.where((_, { field }) => `attribute_not_exists(${field('PK')})`);
      const precondition = { imageId: one.imageId, image: there ? one : undefined };
      expect(meaningOf(imageCheck(TABLES, of, precondition))).to.deep.equal(meaningOf(expected.params(ROWS)));
    });
  });
});

function isMapOrList(value: Value): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return ![Decimal, Uint8Array, ValueSet].some((type) => value instanceof type);
}

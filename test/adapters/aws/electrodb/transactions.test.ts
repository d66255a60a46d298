import { NumberValue } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import fc from 'fast-check';
import { statesAt, USUAL_STATES } from '../../../../src/adapters/aws/electrodb/entities.ts';
import {
  memberCheck,
  type PointerRevision,
  pointerWrite,
} from '../../../../src/adapters/aws/electrodb/images/pointer-transaction.ts';
import { memberKey, pointerKey } from '../../../../src/adapters/aws/electrodb/images/entity-rows.ts';
import { newestRowQuery } from '../../../../src/adapters/aws/electrodb/images/read-newest.ts';
import * as stateKeys from '../../../../src/adapters/aws/electrodb/keys.ts';
import { countStateRowOf } from '../../../../src/adapters/aws/electrodb/matcher/count-state-row.ts';
import { countWrite, stateWrite } from '../../../../src/adapters/aws/electrodb/matcher/move-transaction.ts';
import { rawKey } from '../../../../src/adapters/aws/electrodb/raw-key.ts';
import { toNative } from '../../../../src/adapters/aws/electrodb/native-value.ts';
import type { PointerWrite } from '../../../../src/application/ports/image-repository.ts';
import { contributionOf, countKey, type Tuple } from '../../../../src/domain/count.ts';
import type { CountMove, CountState } from '../../../../src/domain/count-move.ts';
import type { Entity, Member } from '../../../../src/domain/pointer.ts';
import { type Value, ValueSet } from '../../../../src/domain/value.ts';
import { fleet } from '../../../../src/fleet/definition.ts';
import { HOSTILE_NAMES } from '../../../support/hostile.ts';
import { counting, SPEND } from '../../../contracts/matcher-repository/shop.ts';
import { decimal, entity as anEntity, link, TUPLE_COUNTS } from '../../../support/factories.ts';
import { DEFAULT_ROWS, IMAGE_DETAILS, IMAGES, TUPLES } from './fleet-entities.ts';

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
const version = fc
  .tuple(
    fc.record({ generation: fc.nat(2), epoch: text, sequence: text }),
    fc.option(fc.integer({ min: 1 }), { nil: undefined }),
  )
  .map(([change, fill]) => (fill === undefined ? change : { ...change, fill }));
const tuple: fc.Arbitrary<Tuple> = fc.record({ manufacturer: text, model: text, type_designator: text });
const state: fc.Arbitrary<CountState> = fc
  .record({ version, tuple: fc.option(tuple, { nil: undefined }), removed: fc.boolean() })
  .map(({ version, tuple, removed }) => ({
    version,
    contributions: tuple === undefined ? [] : [contributionOf(TUPLE_COUNTS, { tuple, amount: decimal('1') })],
    removed,
  }));
/** From a state that was read, or from none. */
const move = fc.record({
  source: fc.tuple(text, text).map(([serial, code]) => link(serial, code)),
  from: fc.option(state, { nil: undefined }),
  to: state,
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
const entityParts = fc.record({ orgId: text, entityType: text, entityId: text });
const entity = entityParts.map(anEntity);
const details = fc.dictionary(fc.constantFrom(...IMAGE_DETAILS), value, { noNullPrototype: true });
/** An image of an entity. */
const image = (of: Entity, imageId: string, values: Readonly<Record<string, Value>>): Member => ({
  sort: `IMG#${imageId}`,
  attributes: { ...values, ...identityOf(of), image_id: imageId },
});
const revision = fc.option(
  fc
    .record({ revision: text, image_id: text }, { requiredKeys: [] })
    .map(({ revision, ...parts }) =>
      JSON.stringify({ ...(revision === undefined ? {} : { revision }), parts } satisfies PointerRevision),
    ),
  { nil: undefined },
);

function identityOf({ parts: [org_id = '', entity_type = '', entity_id = ''] }: Entity) {
  return { org_id, entity_type, entity_id };
}

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

const { keys } = fleet.model;
const TABLES = { table: 'rows', stateTable: 'states', keys, stateKeys };
const ROWS = { table: 'rows' };
const STATES = { table: 'states' };
const NOW = Date.parse('2026-01-05T09:00:00.999Z');

/** The states of links, as the fleet's definition has them. */
const LINK_STATES = statesAt(TUPLE_COUNTS.state!);
const partsOf = ({ source }: Pick<CountMove, 'source'>) => {
  const [code = '', serial = ''] = source.row.parts;
  return { code, serial };
};
const keyIn = (params: unknown) => (params as { readonly Key: unknown }).Key;

describe('what is written without ElectroDB', () => {
  const check = <T>(arbitrary: fc.Arbitrary<T>, property: (one: T) => void) => {
    fc.assert(fc.property(arbitrary, property), { numRuns: 400 });
  };

  it('given any rows, then their keys and the query for the newest image are as ElectroDB makes them', () => {
    check(fc.tuple(entity, text, tuple, move), ([of, imageId, held, one]) => {
      const identity = { ...identityOf(of), image_id: imageId };
      expect([
        memberKey(keys, of, `IMG#${imageId}`),
        pointerKey(keys, of),
        rawKey(keys, countKey(TUPLE_COUNTS, held)),
        stateKeys.countStateKey(one.source),
      ]).to.deep.equal(
        [
          IMAGES.get(identity).params(ROWS),
          DEFAULT_ROWS.get(identityOf(of)).params(ROWS),
          TUPLES.get(tupleIn(held)).params(ROWS),
          LINK_STATES.get(partsOf(one) as never).params(ROWS),
        ].map(keyIn),
      );
      expect(newestRowQuery({ table: 'rows', keys }, of)).to.deep.equal(
        IMAGES.query.images(identityOf(of)).params({ ...ROWS, order: 'desc', limit: 1, consistent: true }),
      );
    });
  });

  it('given any row of a definition that says nothing of states, then their keys are as ElectroDB makes them', () => {
    const states = statesAt(USUAL_STATES);
    check(move, ({ source: { row } }) => {
      const [code, serial] = row.parts;
      const parts = { derivation: 'spend', source: `9#FAA#LINKSMFR_MDL_CODE#${code}#SN#${serial}` };
      expect(stateKeys.countStateKey({ model: SPEND, row })).to.deep.equal(
        keyIn(states.get(parts as never).params(STATES)),
      );
    });
  });

  it('given any move, when its state is written, then that is what ElectroDB writes', () => {
    check(move, (one) => {
      const { Put } = stateWrite(TABLES, one, NOW);
      const row = { ...partsOf(one), ...countStateRowOf(one.to, NOW) };
      const { Item, ...expected } = LINK_STATES.put(row as never)
        .where(({ generation, epoch, sequence, fill }, { eq, notExists }) => {
          if (one.from === undefined) return notExists(sequence);
          const { version: read } = one.from;
          const same = eq(generation, read.generation);
          return [
            read.generation === 0 ? `(${same} OR ${notExists(generation)})` : same,
            eq(epoch, read.epoch),
            eq(sequence, read.sequence),
            read.fill === undefined ? notExists(fill) : eq(fill, read.fill),
          ].join(' AND ');
        })
        .params<{ readonly Item: Readonly<Record<string, unknown>> }>(STATES);
      // What the key is made of is not repeated beside it.
      const { code, serial, ...rest } = Item;
      expect({ code, serial }).to.deep.equal(partsOf(one));
      expect(meaningOf(Put)).to.deep.equal(meaningOf({ ...expected, Item: rest }));
    });
  });

  it('given any change of a count, when it is written, then that is what ElectroDB writes', () => {
    const delta = fc.integer({ min: -50, max: 50 }).filter((any) => any !== 0);
    check(fc.tuple(tuple, delta, fc.nat(60)), ([of, change, known]) => {
      const row = tupleIn(of);
      const { at } = contributionOf(TUPLE_COUNTS, { tuple: of, amount: decimal('1') });
      const amount = decimal(`${change}`);
      const { Update, Delete } = countWrite(
        TABLES,
        { model: TUPLE_COUNTS, tuple: of, at, amount, rows: change },
        known,
      );
      const count = toNative(amount) as number;
      const expected =
        change > 0
          ? TUPLES.update(row).add({ count })
          : known + change === 0
            ? TUPLES.delete(row).where(({ count }, { eq }) => eq(count, known))
            : TUPLES.update(row)
                .add({ count })
                .where(({ count }, { gt }) => gt(count, -change));
      expect(Delete === undefined).to.equal(change > 0 || known + change !== 0);
      expect(meaningOf(Update ?? Delete)).to.deep.equal(meaningOf(expected.params(ROWS)));
    });
  });

  describe('a sum', () => {
    const customer = { customer: '7' };
    const { at } = counting(SPEND, 1, [customer]).contributions[0]!;
    const write = (amount: string, rows: number, known: number) => {
      const delta = { model: SPEND, tuple: customer, at, amount: decimal(amount), rows };
      const { Update, Delete } = countWrite(TABLES, delta, known);
      return meaningOf(Update ?? Delete);
    };
    const Key = { PK: 'CUSTOMER#7', SK: 'SPEND' };
    const SET =
      'SET customer = ?, __edb_e__ = ?, __edb_v__ = ?, rows = if_not_exists(rows, if_not_exists(total, ?)) + ? ADD total ?';

    it('given rows that come, then they are added, and the amount to the digit, whatever is there', () => {
      expect(write('12345678901234567890.5', 2, 0)).to.deep.equal({
        TableName: 'rows',
        Key,
        UpdateExpression: SET,
        ConditionExpression: '',
        values: ['7', 'spend', '1', 0, 2, NumberValue.from('12345678901234567890.5')],
      });
    });

    for (const [what, rows, taken] of [
      ['rows that go', -2, 2],
      ['a row whose amount changes', 0, 0],
    ] as const)
      it(`given ${what}, then on condition that a row stays, of what was counted before there were sums too`, () => {
        expect(write('-3', rows, 5)).to.deep.include({
          UpdateExpression: SET,
          ConditionExpression: 'rows > ? OR (attribute_not_exists(rows) AND total > ?)',
          values: ['7', 'spend', '1', 0, rows, NumberValue.from('-3'), taken, taken],
        });
      });

    it('given the last rows that go, then its row does, on condition that no other has come, whatever the sum', () => {
      expect(write('0', -2, 2)).to.deep.equal({
        TableName: 'rows',
        Key,
        UpdateExpression: '',
        ConditionExpression: 'rows = ? OR (attribute_not_exists(rows) AND total = ?)',
        values: [2, 2],
      });
    });
  });

  // Conditions on keys are in a `where` of their own: ElectroDB takes a value that reads like what `field` returned in the
  // same one, such as the caption `#PK`, for that very field.

  it('given any default row, when written or removed, then that is what ElectroDB does', () => {
    const written = fc.option(fc.tuple(text, details), { nil: undefined });
    check(fc.tuple(entity, written, revision), ([of, one, read]) => {
      const member = one && image(of, ...one);
      const write = { view: { entity: of, revision: read }, member } as PointerWrite;
      const { Put, Delete } = pointerWrite(TABLES, write);
      const attributes = Object.entries(member?.attributes ?? {}).map(
        ([name, any]) => [name, toNative(any)] as const,
      );
      const made =
        one === undefined
          ? DEFAULT_ROWS.delete(identityOf(of))
          : DEFAULT_ROWS.put({
              ...Object.fromEntries(attributes),
              ...identityOf(of),
              image_id: one[0],
              revision: Put!.Item!['revision'] as string,
            });
      const expected =
        read === undefined
          ? made.where((_, { field }) => `attribute_not_exists(${field('PK')})`)
          : made
              .where((_, { field }) => `attribute_exists(${field('PK')})`)
              .where((row, { eq, type }) => {
                const { revision: old, parts } = JSON.parse(read) as PointerRevision;
                const imageId = parts['image_id'];
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
    check(fc.tuple(entity, text, details, fc.boolean()), ([of, imageId, values, there]) => {
      const one = image(of, imageId, values);
      // To ElectroDB, which checks within its own transactions only, it is a deletion: both have a key and a condition.
      const target = IMAGES.delete({ ...identityOf(of), image_id: imageId });
      const expected = there
        ? target
            .where((_, { field }) => `attribute_exists(${field('PK')})`)
            .where((row, { eq, notExists }) =>
              IMAGE_DETAILS.map((name) => {
                const value: Value | undefined = one.attributes[name];
                return value === undefined ? notExists(row[name]) : eq(row[name], toNative(value));
              }).join(' AND '),
            )
        : target.where((_, { field }) => `attribute_not_exists(${field('PK')})`);
      const precondition = { sort: one.sort, member: there ? one : undefined };
      expect(meaningOf(memberCheck(TABLES, of, precondition))).to.deep.equal(
        meaningOf(expected.params(ROWS)),
      );
    });
  });
});

function tupleIn(of: Tuple) {
  return of as { readonly manufacturer: string; readonly model: string; readonly type_designator: string };
}

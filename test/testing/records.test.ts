import { expect } from 'chai';
import fc from 'fast-check';
import { decodeValue } from '../../src/adapters/dynamodb-stream/attribute-value.ts';
import { encodeValue } from '../../src/adapters/dynamodb-stream/encode-value.ts';
import { Decimal } from '../../src/domain/decimal.ts';
import { counts } from '../../src/domain/definition/counts.ts';
import { defineTable } from '../../src/domain/definition/define-table.ts';
import { documents } from '../../src/domain/definition/documents.ts';
import { row } from '../../src/domain/definition/row.ts';
import { fromPlain } from '../../src/domain/plain-value.ts';
import { equalValues } from '../../src/domain/value.ts';
import { createMemoryWorker, testing, type ViewType } from '../../src/testing.ts';
import { collect } from '../support/collect.ts';
import { shop } from './kit-shop.ts';

const reading = row({ device: '<unit>', at: '<at>' }, { parts: { at: { without: '-' } } }).with<
  Readonly<Record<string, unknown>>
>();
const readings = defineTable({
  keys: { partition: { name: 'device', type: 'B' }, sort: { name: 'at', type: 'N' } },
  rows: { reading },
  derive: {
    per_device: counts(reading, {
      by: ({ key }) => ({ unit: key.unit }),
      at: { device: '<unit>', at: '-1' },
    }),
  },
});

const told = row({ id: '<id>' }, { when: { _type: 'Told' } }).with<{ readonly text?: string }>();
const tables = defineTable({
  keys: { partition: 'id' },
  rows: { told },
  derive: { texts: documents(told, { collection: 'texts', fields: ['text'] }) },
});

describe('records for a handler of one’s own', () => {
  it('given attributes of every type, then they are as DynamoDB has them', () => {
    const { rows, record, event, clock } = testing(readings, { table: 'readings' });
    clock.set('2026-02-03T04:05:06.789Z');
    const attributes = {
      text: 'x',
      flag: false,
      nothing: null,
      small: 1.5,
      huge: 2n ** 70n,
      exact: Decimal.parse('0.10'),
      bytes: new Uint8Array([1, 2]),
      texts: new Set(['a', 'b']),
      numbers: new Set([1, 2n]),
      more: new Set([new Uint8Array([255])]),
      list: [1, ['x']],
      map: { a: { b: true } },
      constructor: 'mine',
      left_out: undefined,
    };
    const given = rows.reading({ unit: new Uint8Array([1, 2, 3]), at: 5 }, attributes);
    const inserted = record.insert(given);
    const Keys = { device: { B: 'AQID' }, at: { N: '5' } };
    const image = {
      text: { S: 'x' },
      flag: { BOOL: false },
      nothing: { NULL: true },
      small: { N: '1.5' },
      huge: { N: String(2n ** 70n) },
      exact: { N: '0.10' },
      bytes: { B: 'AQI=' },
      texts: { SS: ['a', 'b'] },
      numbers: { NS: ['1', '2'] },
      more: { BS: ['/w=='] },
      list: { L: [{ N: '1' }, { L: [{ S: 'x' }] }] },
      map: { M: { a: { M: { b: { BOOL: true } } } } },
      constructor: { S: 'mine' },
    };
    const { dynamodb, ...others } = inserted;
    expect(others).to.deep.equal({
      eventID: '1'.padStart(32, '0'),
      eventName: 'INSERT',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: 'eu-central-1',
      eventSourceARN:
        'arn:aws:dynamodb:eu-central-1:111122223333:table/readings/stream/2026-01-01T00:00:00.000',
    });
    expect(dynamodb).to.deep.include({
      ApproximateCreationDateTime: Date.parse('2026-02-03T04:05:06Z') / 1000,
      Keys,
      NewImage: { ...image, ...Keys },
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    });
    const removed = record.expire(given);
    expect(removed).to.deep.include({
      eventName: 'REMOVE',
      userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
    });
    expect(removed.dynamodb).to.have.property('OldImage').and.not.to.equal(undefined);
    expect(BigInt(removed.dynamodb.SequenceNumber) > BigInt(dynamodb.SequenceNumber)).to.equal(true);
    expect(event(inserted, removed)).to.deep.equal({ Records: [inserted, removed] });
  });

  it('given keys of every type, then rows are derived of them', async () => {
    const { given, rows } = testing(readings);
    await given([rows.reading({ unit: 'AQID', at: '5' }), rows.reading({ unit: 'AQID', at: 7n })]).then({
      counts: { per_device: [{ unit: 'AQID', count: 2 }] },
      drift: [],
    });
  });

  for (const [view, images] of [
    ['NEW_AND_OLD_IMAGES', [true, true]],
    ['NEW_IMAGE', [true, false]],
    ['OLD_IMAGE', [false, true]],
    ['KEYS_ONLY', [false, false]],
  ] as const satisfies readonly (readonly [ViewType, readonly boolean[]])[])
    it(`given ${view}, then a record carries what such a stream does`, () => {
      const { rows, record } = testing(shop, { view });
      const key = { customer: 'anna', order: '1' };
      const { eventName, dynamodb } = record.modify(
        rows.order(key, { status: 'draft' }),
        rows.order(key, { status: 'paid' }),
      );
      expect(eventName).to.equal('MODIFY');
      expect(['NewImage', 'OldImage'].map((name) => name in dynamodb)).to.deep.equal(images);
      expect(dynamodb.StreamViewType).to.equal(view);
    });

  it('given a kind that an attribute tells, then its rows have that', () => {
    const { rows, record } = testing(tables);
    const { dynamodb } = record.insert(rows.told({ id: 'a' }, { text: 'x' }));
    expect(dynamodb.NewImage).to.deep.equal({ id: { S: 'a' }, _type: { S: 'Told' }, text: { S: 'x' } });
  });

  it('given a scenario, then its events are those of its changes, in batches, and a handler takes them', async () => {
    const { given, rows } = testing(shop);
    const key = { customer: 'anna', order: '1' };
    const [first, second, ...others] = given()
      .when([rows.order(key, { status: 'paid' }), rows.order.update(key, { total: 3 })], { batch: 1 })
      .events();
    expect(others).to.deep.equal([]);
    const { handler, state } = createMemoryWorker({ definition: shop, log: { level: 'silent' } });
    for (const event of [first, second])
      expect(await handler(event)).to.deep.equal({ batchItemFailures: [] });
    expect((await collect(state.counts())).map(({ count }) => count.text)).to.have.members(['3', '1']);
  });

  it('given two different rows, then a record of a change of one to the other is refused', () => {
    const { rows, record } = testing(shop);
    const [one, other] = ['1', '2'].map((id) =>
      rows.order({ customer: 'anna', order: id }, { status: 'paid' }),
    );
    expect(() => record.modify(one!, other!)).to.throw('was given two different rows');
    expect(() => record.insert(rows.order as never)).to.throw('record takes rows');
  });

  it('given any value, when it is encoded, then decoding gives the same', () => {
    const scalar = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.boolean(),
      fc.constant(null),
      fc.integer(),
      fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
      fc.uint8Array(),
    );
    const set = fc.oneof(
      fc.array(fc.string({ unit: 'binary', minLength: 1 }), { minLength: 1 }),
      fc.array(fc.integer(), { minLength: 1 }),
      fc.array(fc.uint8Array({ minLength: 1 }), { minLength: 1, maxLength: 1 }),
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        scalar,
        set.map((members) => new Set<unknown>(members)),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor')), tie('value'), {
          maxKeys: 3,
        }),
      ),
    }));
    fc.assert(
      fc.property(value, (plain) => {
        const given = fromPlain(plain, 'x');
        const json: unknown = JSON.parse(JSON.stringify(encodeValue(given)));
        expect(equalValues(decodeValue(json, 'x'), given)).to.equal(true);
      }),
    );
  });
});

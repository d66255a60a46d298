import { expect } from 'chai';
import fc from 'fast-check';
import { type RecordOptions, toDelivery } from '../../../src/adapters/dynamodb-stream/to-delivery.ts';
import type { Delivery } from '../../../src/application/delivery.ts';
import type { Change } from '../../../src/domain/change.ts';
import { commandsOf } from '../../../src/domain/command.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { fleet } from '../../../src/fleet/definition.ts';
import { HOSTILE_NAMES } from '../../support/hostile.ts';
import { decimal, type EntityParts, faultOf, row as rows } from '../../support/factories.ts';
import {
  changeOf,
  defaultRow,
  Encoded,
  faaRow,
  icaoManufacturerRow,
  icaoTypeRow,
  icaoVariantRow,
  imageRow,
  linkRow,
  matcherTupleRow,
  type Plain,
  strangeRow,
  STREAM_ARN,
  STREAM_LABEL,
  streamRecord,
  type StreamRecord,
  type TableRow,
  withDynamodb,
} from '../../support/stream-records.ts';

const row = faaRow('N1', { model: '172' });
const changed = faaRow('N1', { model: '182' });
const entity: EntityParts = { orgId: 'SYSTEM', entityType: 'REGISTRATION', entityId: 'N1' };

/** Every kind of record that a stream carries. */
const RECORDS = [
  streamRecord({ after: row }),
  streamRecord({ before: row, after: changed }),
  streamRecord({ before: row }),
  streamRecord({ after: imageRow(entity, '1', { width: 640 }) }),
  streamRecord({ after: linkRow('1', '2', ['a', 'b', 'c']) }),
  streamRecord({ after: icaoTypeRow('C172') }),
  streamRecord({ after: icaoManufacturerRow('CESSNA') }),
  streamRecord({ before: icaoVariantRow('x') }),
  streamRecord({ after: defaultRow(entity) }),
  streamRecord({ after: matcherTupleRow('a', 'b', 'c', 1) }),
  streamRecord({ after: strangeRow('x') }),
];

const deliver = (input: unknown, options?: RecordOptions) => toDelivery(input, fleet.model, options);

describe('toDelivery', () => {
  describe('given a change', () => {
    for (const [operation, before, after] of [
      ['INSERT', undefined, row],
      ['MODIFY', row, changed],
      ['REMOVE', row, undefined],
    ] as const)
      it(`has the row before and after ${operation}, where there is one`, () => {
        const change = changeOf(streamRecord({ before, after }));
        expect(change).to.include({ operation, viewType: 'NEW_AND_OLD_IMAGES' });
        expect(change.row).to.deep.equal(rows.registration('N1'));
        expect(sidesOf(change)).to.deep.equal([before ?? 'absent', after ?? 'absent']);
      });

    it('takes the operation from eventName, and leaves out images that contradict it', () => {
      const record = streamRecord({ before: row, after: changed });
      expect(changeOf({ ...record, eventName: 'INSERT' }).before).to.equal('absent');
      expect(changeOf({ ...record, eventName: 'REMOVE' }).after).to.equal('absent');
    });

    it('knows who it is: its stream, its number, and its version in the item', () => {
      const sequence = '0123456789012345678901234567890';
      const { identity, version } = changeOf(streamRecord({ after: row, sequence }));
      expect(identity).to.deep.equal({ stream: STREAM_ARN, sequence });
      expect(version).to.deep.equal({ generation: 0, epoch: STREAM_LABEL, sequence });
    });

    it('summarises its record for logs', () => {
      const delivery = deliver(streamRecord({ after: row, sequence: 17 }), { place: 'feed.ndjson:12' });
      expect(delivery.record).to.deep.equal({
        eventName: 'INSERT',
        pk: 'AIRCRAFT#REGISTRY#FAA',
        sk: 'DETAIL#N1',
        sizeBytes: 200,
        sequenceNumber: '17',
        eventID: 'event-17',
        at: 1_767_603_600_000,
        place: 'feed.ndjson:12',
      });
    });

    it('keeps every kind of value', () => {
      const after = faaRow('N1', {
        big: new Encoded({ N: '12345678901234567890123456789012345678' }),
        bytes: new Encoded({ B: 'AQI=' }),
        nested: { list: [null, true, 'x'] },
      });
      const { after: image } = changeOf(streamRecord({ after }));
      if (typeof image === 'string') throw new Error(image);
      expect(image.get('big')).to.deep.equal(decimal('12345678901234567890123456789012345678'));
      expect(image.get('bytes')).to.deep.equal(Buffer.of(1, 2));
      expect(image.get('nested')).to.have.deep.property('list', [null, true, 'x']);
    });

    it('takes images without the keys, and completes them', () => {
      const record = withDynamodb(streamRecord({ after: row }), { NewImage: { model: { S: '172' } } });
      expect(sidesOf(changeOf(record))[1]).to.deep.equal({ PK: row.PK, SK: row.SK, model: '172' });
    });
  });

  describe('tells items apart', () => {
    /** The item of a record that can be read, or of one that cannot. */
    const itemOf = (record: StreamRecord, pk: string, sk: string) => {
      const delivery = deliver(
        withDynamodb(record, { Keys: { PK: { S: pk }, SK: { S: sk } }, NewImage: {} }),
      );
      return 'item' in delivery ? delivery.item : delivery.kind === 'change' && delivery.change.item;
    };

    it('finds one item where the keys are the same, whatever else the records hold', () => {
      const { item } = changeOf(streamRecord({ after: row }));
      expect(changeOf(streamRecord({ before: changed, sequence: 2 })).item).to.equal(item);
      expect(deliver({ ...streamRecord({ after: row }), eventName: 'UPSERT' })).to.have.property(
        'item',
        item,
      );
    });

    it('finds different items where keys differ, wherever the one ends and the other begins', () => {
      const text = fc.string({ unit: fc.constantFrom('#', '1', 'a', 'é', '🛩', ' ') });
      const undecodable = { ...RECORDS[0]!, eventName: 'none' };
      fc.assert(
        fc.property(text, text, text, text, (a, b, c, d) => {
          const variant = (sk: string) => itemOf(RECORDS[0]!, 'ICAO#VARIANTS', `${a}${sk}x`);
          expect(variant(b) === variant(c)).to.equal(b === c);
          const unread = (pk: string, sk: string) => itemOf(undecodable, pk, sk);
          expect(unread(a, b) === unread(c, d)).to.equal(a === c && b === d);
          expect(unread(a, b + c) === unread(a + b, c)).to.equal(b === '');
        }),
      );
    });

    for (const name of HOSTILE_NAMES)
      it(`takes ${JSON.stringify(name.slice(0, 60))} for one`, () => {
        expect(changeOf(streamRecord({ after: faaRow(name) })).item).to.be.a('string');
      });
  });

  describe('given a row that nothing is derived from', () => {
    it('finds it unrecognised, and summarises it', () => {
      const delivery = deliver(streamRecord({ after: strangeRow('x'), sequence: 3 }));
      expect(delivery.kind).to.equal('unrecognised');
      expect(delivery.record).to.include({ pk: 'PILOTS#LICENCES', sk: 'x', sequenceNumber: '3' });
    });

    it('does not touch its images, nor what else is only needed of others', () => {
      const record = streamRecord({ before: strangeRow('x'), after: strangeRow('x') });
      const dynamodb = forbid(record.dynamodb, ['NewImage', 'OldImage', 'StreamViewType']);
      expect(deliver({ ...record, dynamodb }).kind).to.equal('unrecognised');
    });

    it('takes it however its images and its view type are spoilt', () => {
      const record = streamRecord({ after: strangeRow('x') });
      for (const spoilt of [{ NewImage: 5 }, { NewImage: undefined }, { StreamViewType: 'ALL' }])
        expect(deliver(withDynamodb(record, spoilt)).kind).to.equal('unrecognised');
    });
  });

  describe('given a row that it knows', () => {
    it('decodes no attribute that nobody asks for', () => {
      const after = { ...row, note: new Encoded({ N: 'not a number' }), size: new Encoded({ XL: 1 }) };
      const record = streamRecord({ before: after, after });
      const spied = (image: 'NewImage' | 'OldImage') =>
        forbid(record.dynamodb[image] as object, ['note', 'size', 'model', 'registration']);
      const images = { NewImage: spied('NewImage'), OldImage: spied('OldImage') };
      expect(deliver(withDynamodb(record, images)).kind).to.equal('change');
    });

    it('lets an undecodable attribute harm nobody who does not read it', () => {
      const note = new Encoded({ N: 'not a number' });
      const change = changeOf(streamRecord({ before: { ...row, note }, after: { ...changed, note } }));
      expect(commandsOf(change))
        .to.have.length(1)
        .and.to.have.nested.property('[0].decision.action', 'upsert');
    });

    it('fails who reads it, and says which it is', () => {
      const after = { ...row, model: new Encoded({ N: 'not a number' }) };
      const change = changeOf(streamRecord({ before: row, after }));
      expect(faultOf(() => commandsOf(change)).message).to.match(/^NewImage\.model is not a valid number/);
    });
  });

  describe('given a record that cannot be read', () => {
    const record = streamRecord({ before: row, after: changed });
    const spoil = (parts: Readonly<Record<string, unknown>>) => withDynamodb(record, parts);
    const keys = (PK: unknown, SK: unknown) => spoil({ Keys: { PK, SK } });

    type Bad = [input: unknown, message: string];
    const bad: Bad[] = [
      [spoil({ Keys: undefined }), 'the record has no Keys'],
      [spoil({ Keys: null }), 'Keys is null, not an object'],
      [spoil({ Keys: [] }), 'Keys is an array, not an object'],
      [spoil({ Keys: {} }), 'the record has no Keys.PK; expected {"S": "…"}'],
      [keys('x', { S: 'x' }), 'Keys.PK is "x"; expected {"S": "…"}'],
      [keys({ S: 'x' }, { S: 5 }), 'Keys.SK is an object; expected {"S": "…"}'],
      [keys({ S: 'x' }, ['x']), 'Keys.SK is an array; expected {"S": "…"}'],
      ...[
        [undefined, 'the record has no eventName'],
        ['insert', 'eventName is "insert"'],
        ['x'.repeat(100), `eventName is "${'x'.repeat(59)}…`],
        ['x'.repeat(58), `eventName is "${'x'.repeat(58)}"`],
        [null, 'eventName is null'],
        [['INSERT'], 'eventName is an array'],
      ].map(([eventName, found]): Bad => [
        { ...record, eventName },
        `${String(found)}; expected INSERT, MODIFY or REMOVE`,
      ]),
      [spoil({ SequenceNumber: undefined }), 'the record has no SequenceNumber'],
      ...['', 17, '17x', '1.5', '-1', '1\n', '١٧'].map((SequenceNumber): Bad => [
        spoil({ SequenceNumber }),
        `SequenceNumber is ${JSON.stringify(SequenceNumber)}, not a string of digits`,
      ]),
      ...['ALL', null].map((StreamViewType): Bad => [
        spoil({ StreamViewType }),
        `StreamViewType is ${JSON.stringify(StreamViewType)}; expected one of KEYS_ONLY, NEW_IMAGE, OLD_IMAGE, NEW_AND_OLD_IMAGES`,
      ]),
      [spoil({ NewImage: 'x' }), 'NewImage is "x", not an object'],
      [spoil({ NewImage: [] }), 'NewImage is an array, not an object'],
      [spoil({ OldImage: 5 }), 'OldImage is 5, not an object'],
      [spoil({ NewImage: { PK: { S: 'other' } } }), 'NewImage.PK differs from Keys.PK'],
      [spoil({ NewImage: { SK: { S: 'other' } } }), 'NewImage.SK differs from Keys.SK'],
      [spoil({ NewImage: { SK: { N: '1' } } }), 'NewImage.SK differs from Keys.SK'],
      [spoil({ OldImage: { PK: null } }), 'OldImage.PK differs from Keys.PK'],
      [
        streamRecord({ after: faaRow('') }),
        'SK "DETAIL#" has no registration; expected DETAIL#<registration>',
      ],
      [
        streamRecord({ after: { PK: 'IMAGES#ORG#A#ENTITY#B#ID#C', SK: 'IMG#1' } }),
        'PK "IMAGES#ORG#A#ENTITY#B#ID#C" names the entity type "B"; expected ICAO or REGISTRATION',
      ],
    ];
    for (const [input, message] of bad)
      it(`says: ${message.slice(0, 94)}`, () => {
        const delivery = deliver(input, { place: 'feed.ndjson:12' });
        if (delivery.kind !== 'undecodable') throw new Error(`the record is ${delivery.kind}`);
        expect(delivery.fault.message).to.equal(message);
        expect(delivery.fault.kind).to.equal('permanent');
        expect(delivery.record.place).to.equal('feed.ndjson:12');
      });

    it('summarises what can be read of it', () => {
      const spoilt = { ...spoil({ SequenceNumber: 'x', SizeBytes: '200' }), eventID: 5 };
      expect(deliver(spoilt)).to.deep.include({
        record: {
          eventName: 'MODIFY',
          pk: 'AIRCRAFT#REGISTRY#FAA',
          sk: 'DETAIL#N1',
          sizeBytes: undefined,
          sequenceNumber: undefined,
          eventID: undefined,
          at: 1_767_603_600_000,
          place: undefined,
        },
      });
    });

    it('does not know of which item it is where a key is missing', () => {
      const half = [keys({ S: 'x' }, undefined), keys(undefined, { S: 'x' })];
      for (const input of [null, {}, spoil({ Keys: null }), ...half])
        expect(deliver(input)).to.have.property('item', undefined);
    });
  });

  describe('given a view type', () => {
    const A = 'absent';
    const W = 'withheld';
    for (const [viewType, insertion, modification, removal] of [
      ['NEW_AND_OLD_IMAGES', [A, row], [row, changed], [row, A]],
      ['NEW_IMAGE', [A, row], [W, changed], [W, A]],
      ['OLD_IMAGE', [A, W], [row, W], [row, A]],
      ['KEYS_ONLY', [A, W], [W, W], [W, A]],
      [undefined, [A, W], [W, W], [W, A]],
    ] as const)
      it(`tells what is absent from what is withheld by ${viewType ?? 'none, without images'}`, () => {
        const expectSides = (
          before: TableRow | undefined,
          after: TableRow | undefined,
          sides: readonly unknown[],
        ) => {
          const record = streamRecord({ before, after, ...(viewType && { viewType }) });
          const without = { StreamViewType: undefined, NewImage: undefined, OldImage: null };
          const change = changeOf(viewType === undefined ? withDynamodb(record, without) : record);
          expect(change.viewType).to.equal(viewType);
          expect(sidesOf(change)).to.deep.equal(sides);
        };
        expectSides(undefined, row, insertion);
        expectSides(row, changed, modification);
        expectSides(row, undefined, removal);
      });

    it('takes the images that there are where the record names no view type', () => {
      const record = streamRecord({ before: row, after: changed });
      const change = changeOf(withDynamodb(record, { StreamViewType: undefined }));
      expect(sidesOf(change)).to.deep.equal([row, changed]);
      expect(change.viewType).to.equal(undefined);
    });

    const insertion = { after: row };
    const modification = { before: row, after: changed };
    const removal = { before: row };
    for (const [viewType, image, changes] of [
      ['NEW_AND_OLD_IMAGES', 'NewImage', [insertion, modification]],
      ['NEW_AND_OLD_IMAGES', 'OldImage', [modification, removal]],
      ['NEW_IMAGE', 'NewImage', [insertion, modification]],
      ['OLD_IMAGE', 'OldImage', [modification, removal]],
    ] as const)
      it(`cannot read a record of ${viewType} without ${image}`, () => {
        for (const rows of changes)
          for (const nothing of [undefined, null])
            expect(
              faultIn(deliver(withDynamodb(streamRecord({ ...rows, viewType }), { [image]: nothing }))),
            ).to.equal(`${image} is missing, although the stream's view type is ${viewType}`);
      });
  });

  describe('tells the origin', () => {
    const record = streamRecord({ before: row });

    const SERVICE = 'dynamodb.amazonaws.com';
    for (const userIdentity of [
      { type: 'Service', principalId: SERVICE },
      // As GetRecords spells it.
      { Type: 'Service', PrincipalId: SERVICE },
    ])
      it(`is the table's time to live: ${JSON.stringify(userIdentity)}`, () => {
        expect(changeOf({ ...record, userIdentity }).origin).to.equal('ttl');
      });

    for (const userIdentity of [
      undefined,
      null,
      'Service',
      {},
      { type: 'Service' },
      { principalId: SERVICE },
      { type: 'User', principalId: SERVICE },
      { type: 'Service', principalId: `replication.${SERVICE}` },
      { Type: 'Service', PrincipalId: 'somebody' },
    ])
      it(`is a writer: ${JSON.stringify(userIdentity)}`, () => {
        expect(changeOf({ ...record, userIdentity }).origin).to.equal('user');
      });

    const from = (region: Plain) => ({ ...row, 'aws:rep:updateregion': region });
    const elsewhere = from('us-east-1');
    for (const [what, rows, origin] of [
      ['another region inserted it', { after: elsewhere }, 'replication'],
      ['another region changed it', { before: row, after: elsewhere }, 'replication'],
      ['another region removed it', { before: elsewhere }, 'replication'],
      ['this region inserted it', { after: from('eu-central-1') }, 'user'],
      ['this region changed it', { before: elsewhere, after: from('eu-central-1') }, 'user'],
      ['its region is a number', { after: from(5) }, 'user'],
      ['its region is null', { after: from(null) }, 'user'],
    ] as const)
      it(`is ${origin} where ${what}`, () => {
        expect(changeOf(streamRecord(rows)).origin).to.equal(origin);
      });
  });

  describe('reads the time', () => {
    const created = (time: unknown, record = streamRecord({ after: row })) =>
      withDynamodb(record, { ApproximateCreationDateTime: time });

    const times: [what: string, created: unknown, expected: number | undefined][] = [
      ['in seconds, as Lambda gives it', 1767603600, 1767603600000],
      ['0, the beginning of time', 0, 0],
      ['a text, as the AWS CLI gives it', '2026-01-05T10:00:00+01:00', 1767603600000],
      ['a Date, as the SDK gives it', new Date(1767603600123), 1767603600123],
      ['missing', undefined, undefined],
      ['null', null, undefined],
      ['a text that is no time', 'yesterday', undefined],
      ['a Date that is no time', new Date(NaN), undefined],
      ['a number beyond all time', 1e306, undefined],
      ['an object', {}, undefined],
    ];
    for (const [what, time, expected] of times)
      it(`reads a time that is ${what}`, () => {
        expect(changeOf(created(time)).at).to.equal(expected);
        const delivery = deliver(created(time));
        expect([delivery.at, delivery.record.at]).to.deep.equal([expected, expected]);
      });

    it('reads it of records too that nothing is derived from, or that cannot be read', () => {
      const strange = created(5, streamRecord({ after: strangeRow('x') }));
      expect(deliver(strange)).to.include({ kind: 'unrecognised', at: 5_000 });
      const broken = { ...created(5), eventName: 'UPSERT' };
      expect(deliver(broken)).to.include({ kind: 'undecodable', at: 5_000 });
      for (const nothing of [null, 'x', {}, { dynamodb: 'x' }])
        expect(deliver(nothing).at).to.equal(undefined);
    });
  });

  describe('knows the stream', () => {
    const table = 'arn:aws:dynamodb:eu-central-1:123456789012:table/aircraft';
    const streamOf = (eventSourceARN: unknown, streamArn: string | undefined) => {
      const options = streamArn === undefined ? {} : { streamArn };
      const { identity, version } = changeOf({ ...RECORDS[0]!, eventSourceARN }, options);
      return [identity.stream, version.epoch];
    };

    const [a, b] = [`${table}/stream/a`, `${table}/stream/${STREAM_LABEL}`];
    const odd = 'arn:aws:dynamodb:eu-central-1:123456789012:table/stream/stream/2026';
    for (const [what, named, given, stream, epoch] of [
      ['that the record names', b, undefined, b, STREAM_LABEL],
      ['that the record names, whatever is given', b, a, b, STREAM_LABEL],
      ['that is given, where the record names none', undefined, a, a, 'a'],
      ['that is given, where the record has null', null, a, a, 'a'],
      ['that is given, where the record has an empty name', '', a, a, 'a'],
      ['that is given, where the record has a number', 5, a, a, 'a'],
      ['that is given, where the record has an object', {}, a, a, 'a'],
      ['without a name, where neither names one', undefined, undefined, '', ''],
      ['without a label, in the first epoch', table, undefined, table, ''],
      ['of a table that is called stream', odd, undefined, odd, '2026'],
    ] as const)
      it(`knows the stream ${what}`, () => {
        expect(streamOf(named, given)).to.deep.equal([stream, epoch]);
      });
  });

  describe('never throws', () => {
    const expectHarmless = (input: unknown) => {
      const delivery = deliver(input, { place: 'here' });
      expect(delivery.record.place).to.equal('here');
      if (delivery.kind === 'undecodable')
        expect(delivery.fault.kind).to.be.oneOf(['permanent', 'configuration']);
      if (delivery.kind !== 'change') return;
      const { change } = delivery;
      expectOnlyFaults(() => commandsOf(change));
      for (const side of [change.before, change.after])
        if (typeof side !== 'string') expectOnlyFaults(() => side.all());
    };

    it('stands any JSON', () => {
      fc.assert(fc.property(fc.jsonValue({ maxDepth: 6 }), expectHarmless), { numRuns: 2000 });
    });

    it('stands a record spoilt in any way', () => {
      const spoilt = fc
        .tuple(
          fc.constantFrom(...RECORDS),
          fc.array(fc.tuple(fc.nat(), fc.option(fc.jsonValue(), { nil: DELETE })), {
            minLength: 1,
            maxLength: 3,
          }),
        )
        .map(([record, edits]) =>
          edits.reduce<unknown>((result, [at, value]) => edit(result, at, value), record),
        );
      fc.assert(fc.property(spoilt, expectHarmless), { numRuns: 5000 });
    });

    it('stands a row with any keys', () => {
      const key = fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.string({
          unit: fc.constantFrom(
            ...[
              'IMAGES#ORG#',
              '#ENTITY#',
              'ICAO',
              '#ID#',
              'IMG#',
              'FAA#LINKS',
              'MFR_MDL_CODE#',
              '#SN#',
              'x',
              '\udc00',
            ],
          ),
        }),
      );
      fc.assert(
        fc.property(key, key, (pk, sk) => expectHarmless(streamRecord({ after: { PK: pk, SK: sk } }))),
        { numRuns: 2000 },
      );
    });
  });
});

const DELETE = Symbol('delete');

/** The JSON value with one of its inner values, the `at`th, replaced or left out. */
function edit(json: unknown, at: number, value: unknown): unknown {
  const paths = pathsOf(json);
  const path = paths[at % Math.max(paths.length, 1)];
  if (path === undefined) return json;
  const copy = structuredClone(json) as Record<string, unknown>;
  const [last, ...parents] = path.toReversed();
  const parent = parents.toReversed().reduce((inner, name) => inner[name] as Record<string, unknown>, copy);
  if (value === DELETE) Reflect.deleteProperty(parent, last!);
  else parent[last!] = value;
  return copy;
}

function pathsOf(json: unknown): string[][] {
  if (typeof json !== 'object' || json === null) return [];
  return Object.entries(json).flatMap(([name, inner]) => [
    [name],
    ...pathsOf(inner).map((path) => [name, ...path]),
  ]);
}

/** The object, unless one of the names is read of it: then it throws. */
function forbid(object: object, names: readonly string[]): object {
  return new Proxy(object, {
    get(target, name, receiver): unknown {
      if (names.includes(String(name))) throw new Error(`${String(name)} was read`);
      return Reflect.get(target, name, receiver);
    },
  });
}

/** The rows before and after, or the word for why there is none. */
function sidesOf({ before, after }: Change): unknown[] {
  return [before, after].map((side) => (typeof side === 'string' ? side : Object.fromEntries(side.all())));
}

function faultIn(delivery: Delivery): string | undefined {
  return delivery.kind === 'undecodable' ? delivery.fault.message : undefined;
}

function expectOnlyFaults(action: () => unknown): void {
  try {
    action();
  } catch (error) {
    expect(error).to.be.instanceOf(Fault);
  }
}

import { expect } from 'chai';
import fc from 'fast-check';
import { toDelivery } from '../../../src/adapters/dynamodb-stream/stream-record.ts';
import type { Delivery } from '../../../src/application/delivery.ts';
import { commandsOf } from '../../../src/domain/command.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { Entity } from '../../../src/domain/row.ts';
import { HOSTILE_NAMES } from '../../support/hostile.ts';
import { decimal, faultOf } from '../../support/factories.ts';
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
  strangeRow,
  STREAM_ARN,
  STREAM_LABEL,
  streamRecord,
  type TableRow,
  withDynamodb,
} from '../../support/stream-records.ts';

const row = faaRow('N1', { model: '172' });
const changed = faaRow('N1', { model: '182' });
const entity: Entity = { orgId: 'SYSTEM', entityType: 'REGISTRATION', entityId: 'N1' };

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

describe('toDelivery', () => {
  describe('given a change', () => {
    it('tells an insertion: nothing before, the row after', () => {
      const change = changeOf(streamRecord({ after: row }));
      expect(change.operation).to.equal('INSERT');
      expect(change.row).to.deep.equal({ kind: 'registration', registry: 'FAA', registration: 'N1' });
      expect(change.before).to.equal('absent');
      expect(attributesOf(change.after)).to.deep.equal(row);
      expect(change.viewType).to.equal('NEW_AND_OLD_IMAGES');
    });

    it('tells a change: the row before and after', () => {
      const change = changeOf(streamRecord({ before: row, after: changed }));
      expect(change.operation).to.equal('MODIFY');
      expect(attributesOf(change.before)).to.deep.equal(row);
      expect(attributesOf(change.after)).to.deep.equal(changed);
    });

    it('tells a removal: the row before, nothing after', () => {
      const change = changeOf(streamRecord({ before: row }));
      expect(change.operation).to.equal('REMOVE');
      expect(attributesOf(change.before)).to.deep.equal(row);
      expect(change.after).to.equal('absent');
    });

    it('takes the operation from eventName, and leaves away images that contradict it', () => {
      const record = streamRecord({ before: row, after: changed });
      expect(changeOf({ ...record, eventName: 'INSERT' }).before).to.equal('absent');
      expect(changeOf({ ...record, eventName: 'REMOVE' }).after).to.equal('absent');
    });

    it('knows who it is: its stream, its number, and its version in the item', () => {
      const change = changeOf(streamRecord({ after: row, sequence: '0123456789012345678901234567890' }));
      expect(change.identity).to.deep.equal({
        stream: STREAM_ARN,
        sequence: '0123456789012345678901234567890',
      });
      expect(change.version).to.deep.equal({
        generation: 0,
        epoch: STREAM_LABEL,
        sequence: '0123456789012345678901234567890',
      });
    });

    it('summarises its record for logs', () => {
      const delivery = toDelivery(streamRecord({ after: row, sequence: 17 }), { place: 'feed.ndjson:12' });
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
      const { after } = changeOf(
        withDynamodb(streamRecord({ after: row }), { NewImage: { model: { S: '172' } } }),
      );
      expect(attributesOf(after)).to.deep.equal({ PK: row.PK, SK: row.SK, model: '172' });
    });
  });

  describe('tells items apart', () => {
    const itemOf = (pk: string, sk: string) => {
      const delivery = toDelivery(
        withDynamodb(RECORDS[0]!, { Keys: { PK: { S: pk }, SK: { S: sk } }, NewImage: {} }),
      );
      return delivery.kind === 'change' ? delivery.change.item : undefined;
    };

    it('the same keys are the same item, whatever else the records hold', () => {
      const items = [streamRecord({ after: row }), streamRecord({ before: changed, sequence: 2 })].map(
        (record) => changeOf(record).item,
      );
      expect(items[0]).to.equal(items[1]);
    });

    it('an undecodable record with these keys is of the same item too', () => {
      const delivery = toDelivery({ ...streamRecord({ after: row }), eventName: 'UPSERT' });
      expect(delivery).to.have.property('item', changeOf(streamRecord({ after: row })).item);
    });

    it('different keys are different items, wherever the one ends and the other begins', () => {
      const text = fc.string({ unit: fc.constantFrom('#', '1', 'a', 'é', '🛩', ' ') });
      fc.assert(
        fc.property(text, text, text, (a, b, c) => {
          const left = itemOf('ICAO#VARIANTS', `${a}${b}x`);
          const right = itemOf('ICAO#VARIANTS', `${a}${c}x`);
          expect(left === right).to.equal(b === c);
        }),
      );
      const undecodable = (pk: string, sk: string) => {
        const keys = { PK: { S: pk }, SK: { S: sk } };
        const delivery = toDelivery({ eventName: 'none', dynamodb: { Keys: keys } });
        return delivery.kind === 'undecodable' ? delivery.item : undefined;
      };
      fc.assert(
        fc.property(text, text, text, text, (a, b, c, d) => {
          expect(undecodable(a, b) === undecodable(c, d)).to.equal(a === c && b === d);
          expect(undecodable(a, b + c) === undecodable(a + b, c)).to.equal(b === '');
        }),
      );
    });

    for (const name of HOSTILE_NAMES)
      it(`an item called ${JSON.stringify(name.slice(0, 60))} is one`, () => {
        expect(changeOf(streamRecord({ after: faaRow(name) })).item).to.be.a('string');
      });
  });

  describe('given a row that nothing is derived from', () => {
    it('finds it unrecognised, and summarises it', () => {
      const delivery = toDelivery(streamRecord({ after: strangeRow('x'), sequence: 3 }));
      expect(delivery.kind).to.equal('unrecognised');
      expect(delivery.record).to.include({ pk: 'PILOTS#LICENCES', sk: 'x', sequenceNumber: '3' });
    });

    it('does not touch its images, nor what else is only needed of others', () => {
      const record = streamRecord({ before: strangeRow('x'), after: strangeRow('x') });
      const untouchable = ['NewImage', 'OldImage', 'StreamViewType'];
      const dynamodb = forbid(record.dynamodb, untouchable);
      expect(toDelivery({ ...record, dynamodb }).kind).to.equal('unrecognised');
    });

    it('takes it however its images and its view type are spoilt', () => {
      const record = streamRecord({ after: strangeRow('x') });
      for (const spoilt of [{ NewImage: 5 }, { NewImage: undefined }, { StreamViewType: 'ALL' }])
        expect(toDelivery(withDynamodb(record, spoilt)).kind).to.equal('unrecognised');
    });
  });

  describe('given a row that it knows', () => {
    it('decodes no attribute that nobody asks for', () => {
      const after = { ...row, note: new Encoded({ N: 'not a number' }), size: new Encoded({ XL: 1 }) };
      const record = streamRecord({ before: after, after });
      const spied = withDynamodb(record, {
        NewImage: forbid(record.dynamodb['NewImage'] as object, ['note', 'size', 'model', 'registration']),
        OldImage: forbid(record.dynamodb['OldImage'] as object, ['note', 'size', 'model', 'registration']),
      });
      expect(toDelivery(spied).kind).to.equal('change');
    });

    it('lets an undecodable attribute harm nobody who does not read it', () => {
      const spoilt = { note: new Encoded({ N: 'not a number' }) };
      const change = changeOf(
        streamRecord({ before: { ...row, ...spoilt }, after: { ...changed, ...spoilt } }),
      );
      expect(commandsOf(change).search?.decision.action).to.equal('upsert');
    });

    it('fails who reads it, and says which it is', () => {
      const spoilt = { model: new Encoded({ N: 'not a number' }) };
      const change = changeOf(streamRecord({ before: row, after: { ...row, ...spoilt } }));
      expect(faultOf(() => commandsOf(change)).message).to.match(/^NewImage\.model is not a valid number/);
    });
  });

  describe('given a record that cannot be read, says what is wrong with it:', () => {
    const record = streamRecord({ before: row, after: changed });
    const spoil = (parts: Readonly<Record<string, unknown>>) => withDynamodb(record, parts);
    const keys = (PK: unknown, SK: unknown) => spoil({ Keys: { PK, SK } });

    const bad: [input: unknown, message: string][] = [
      [spoil({ Keys: undefined }), 'the record has no Keys'],
      [spoil({ Keys: null }), 'Keys is null, not an object'],
      [spoil({ Keys: [] }), 'Keys is an array, not an object'],
      [spoil({ Keys: {} }), 'the record has no Keys.PK; expected {"S": "…"}'],
      [keys('x', { S: 'x' }), 'Keys.PK is "x"; expected {"S": "…"}'],
      [keys({ S: 'x' }, { S: 5 }), 'Keys.SK is an object; expected {"S": "…"}'],
      [keys({ S: 'x' }, ['x']), 'Keys.SK is an array; expected {"S": "…"}'],
      [{ ...record, eventName: undefined }, 'the record has no eventName; expected INSERT, MODIFY or REMOVE'],
      [{ ...record, eventName: 'insert' }, 'eventName is "insert"; expected INSERT, MODIFY or REMOVE'],
      [
        { ...record, eventName: 'x'.repeat(100) },
        `eventName is "${'x'.repeat(59)}…; expected INSERT, MODIFY or REMOVE`,
      ],
      [
        { ...record, eventName: 'x'.repeat(58) },
        `eventName is "${'x'.repeat(58)}"; expected INSERT, MODIFY or REMOVE`,
      ],
      [{ ...record, eventName: null }, 'eventName is null; expected INSERT, MODIFY or REMOVE'],
      [{ ...record, eventName: ['INSERT'] }, 'eventName is an array; expected INSERT, MODIFY or REMOVE'],
      [spoil({ SequenceNumber: undefined }), 'the record has no SequenceNumber'],
      [spoil({ SequenceNumber: '' }), 'SequenceNumber is "", not a string of digits'],
      [spoil({ SequenceNumber: 17 }), 'SequenceNumber is 17, not a string of digits'],
      [spoil({ SequenceNumber: '17x' }), 'SequenceNumber is "17x", not a string of digits'],
      [spoil({ SequenceNumber: '1.5' }), 'SequenceNumber is "1.5", not a string of digits'],
      [spoil({ SequenceNumber: '-1' }), 'SequenceNumber is "-1", not a string of digits'],
      [spoil({ SequenceNumber: '1\n' }), 'SequenceNumber is "1\\n", not a string of digits'],
      [spoil({ SequenceNumber: '١٧' }), 'SequenceNumber is "١٧", not a string of digits'],
      [
        spoil({ StreamViewType: 'ALL' }),
        'StreamViewType is "ALL"; expected one of KEYS_ONLY, NEW_IMAGE, OLD_IMAGE, NEW_AND_OLD_IMAGES',
      ],
      [
        spoil({ StreamViewType: null }),
        'StreamViewType is null; expected one of KEYS_ONLY, NEW_IMAGE, OLD_IMAGE, NEW_AND_OLD_IMAGES',
      ],
      [spoil({ NewImage: 'x' }), 'NewImage is "x", not an object'],
      [spoil({ NewImage: [] }), 'NewImage is an array, not an object'],
      [spoil({ OldImage: 5 }), 'OldImage is 5, not an object'],
      [spoil({ NewImage: { PK: { S: 'other' } } }), 'NewImage.PK differs from Keys.PK'],
      [spoil({ NewImage: { SK: { S: 'other' } } }), 'NewImage.SK differs from Keys.SK'],
      [spoil({ NewImage: { SK: { N: '1' } } }), 'NewImage.SK differs from Keys.SK'],
      [spoil({ OldImage: { PK: null } }), 'OldImage.PK differs from Keys.PK'],
      [
        streamRecord({ after: faaRow('') }),
        'SK "DETAIL#" has no registration where DETAIL#<registration> asks for one',
      ],
      [
        streamRecord({ after: { PK: 'IMAGES#ORG#A#ENTITY#B#ID#C', SK: 'IMG#1' } }),
        'PK "IMAGES#ORG#A#ENTITY#B#ID#C" names the entity type "B"; expected ICAO or REGISTRATION',
      ],
    ];
    for (const [input, message] of bad)
      it(message, () => {
        const delivery = toDelivery(input, { place: 'feed.ndjson:12' });
        if (delivery.kind !== 'undecodable') throw new Error(`the record is ${delivery.kind}`);
        expect(delivery.fault.message).to.equal(message);
        expect(delivery.fault.kind).to.equal('permanent');
        expect(delivery.record.place).to.equal('feed.ndjson:12');
      });

    it('knows of it what there is to know', () => {
      const spoilt = { ...spoil({ SequenceNumber: 'x', SizeBytes: '200' }), eventID: 5 };
      expect(toDelivery(spoilt)).to.deep.include({
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
      for (const input of [
        null,
        {},
        spoil({ Keys: null }),
        keys({ S: 'x' }, undefined),
        keys(undefined, { S: 'x' }),
      ])
        expect(toDelivery(input)).to.have.property('item', undefined);
    });
  });

  describe('given a view type', () => {
    const sides = (viewType: string | undefined, before?: TableRow, after?: TableRow) => {
      const record = streamRecord({ before, after, ...(viewType === undefined ? {} : { viewType }) });
      const without =
        viewType === undefined ? { StreamViewType: undefined, NewImage: undefined, OldImage: null } : {};
      const change = changeOf(withDynamodb(record, without));
      expect(change.viewType).to.equal(viewType);
      return [change.before, change.after].map((side) => (typeof side === 'string' ? side : 'there'));
    };
    const expected: [
      viewType: string | undefined,
      insertion: string[],
      modification: string[],
      removal: string[],
    ][] = [
      ['NEW_AND_OLD_IMAGES', ['absent', 'there'], ['there', 'there'], ['there', 'absent']],
      ['NEW_IMAGE', ['absent', 'there'], ['withheld', 'there'], ['withheld', 'absent']],
      ['OLD_IMAGE', ['absent', 'withheld'], ['there', 'withheld'], ['there', 'absent']],
      ['KEYS_ONLY', ['absent', 'withheld'], ['withheld', 'withheld'], ['withheld', 'absent']],
      [undefined, ['absent', 'withheld'], ['withheld', 'withheld'], ['withheld', 'absent']],
    ];
    for (const [viewType, insertion, modification, removal] of expected)
      it(`${viewType ?? 'that is not named, and no images'}: tells what is absent from what is withheld`, () => {
        expect(sides(viewType, undefined, row)).to.deep.equal(insertion);
        expect(sides(viewType, row, changed)).to.deep.equal(modification);
        expect(sides(viewType, row, undefined)).to.deep.equal(removal);
      });

    it('that is not named, takes the images that there are', () => {
      const change = changeOf(
        withDynamodb(streamRecord({ before: row, after: changed }), { StreamViewType: undefined }),
      );
      expect(attributesOf(change.before)).to.deep.equal(row);
      expect(attributesOf(change.after)).to.deep.equal(changed);
      expect(change.viewType).to.equal(undefined);
    });

    const missing: [viewType: string, image: string, rows: { before?: TableRow; after?: TableRow }][] = [
      ['NEW_AND_OLD_IMAGES', 'NewImage', { after: row }],
      ['NEW_AND_OLD_IMAGES', 'NewImage', { before: row, after: changed }],
      ['NEW_AND_OLD_IMAGES', 'OldImage', { before: row, after: changed }],
      ['NEW_AND_OLD_IMAGES', 'OldImage', { before: row }],
      ['NEW_IMAGE', 'NewImage', { after: row }],
      ['NEW_IMAGE', 'NewImage', { before: row, after: changed }],
      ['OLD_IMAGE', 'OldImage', { before: row, after: changed }],
      ['OLD_IMAGE', 'OldImage', { before: row }],
    ];
    for (const [viewType, image, rows] of missing)
      for (const nothing of [undefined, null])
        it(`${viewType}, and ${image} is ${nothing} (${Object.keys(rows).join(' and ')}): cannot be read`, () => {
          const delivery = toDelivery(
            withDynamodb(streamRecord({ ...rows, viewType }), { [image]: nothing }),
          );
          expect(faultIn(delivery)).to.equal(
            `${image} is missing, although the stream's view type is ${viewType}`,
          );
        });
  });

  describe('tells the origin', () => {
    const record = streamRecord({ before: row });

    it('a writer, where nothing says otherwise', () => {
      expect(changeOf(record).origin).to.equal('user');
    });

    it("the table's time to live, as Lambda words it", () => {
      const userIdentity = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };
      expect(changeOf({ ...record, userIdentity }).origin).to.equal('ttl');
    });

    it("the table's time to live, as GetRecords words it", () => {
      const userIdentity = { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' };
      expect(changeOf({ ...record, userIdentity }).origin).to.equal('ttl');
    });

    for (const userIdentity of [
      null,
      'Service',
      {},
      { type: 'Service' },
      { principalId: 'dynamodb.amazonaws.com' },
      { type: 'User', principalId: 'dynamodb.amazonaws.com' },
      { type: 'Service', principalId: 'replication.dynamodb.amazonaws.com' },
      { Type: 'Service', PrincipalId: 'somebody' },
    ])
      it(`not the time to live: ${JSON.stringify(userIdentity)}`, () => {
        expect(changeOf({ ...record, userIdentity }).origin).to.equal('user');
      });

    it('replication, where another region wrote the row', () => {
      const elsewhere = { ...row, 'aws:rep:updateregion': 'us-east-1' };
      expect(changeOf(streamRecord({ after: elsewhere })).origin).to.equal('replication');
      expect(changeOf(streamRecord({ before: row, after: elsewhere })).origin).to.equal('replication');
      expect(changeOf(streamRecord({ before: elsewhere })).origin).to.equal('replication');
    });

    it('a writer, where this region wrote the row, or the row says nothing that can be read', () => {
      for (const region of ['eu-central-1', 5, null]) {
        const here = { ...row, 'aws:rep:updateregion': region };
        expect(changeOf(streamRecord({ after: here })).origin).to.equal('user');
      }
      const elsewhere = { ...row, 'aws:rep:updateregion': 'us-east-1' };
      const here = { ...row, 'aws:rep:updateregion': 'eu-central-1' };
      expect(changeOf(streamRecord({ before: elsewhere, after: here })).origin).to.equal('user');
    });
  });

  describe('reads the time', () => {
    const created = (time: unknown, record = streamRecord({ after: row })) =>
      withDynamodb(record, { ApproximateCreationDateTime: time });

    const times: [what: string, created: unknown, expected: number | undefined][] = [
      ['in seconds, as Lambda gives it', 1767603600, 1767603600000],
      ['0, the beginning of time', 0, 0],
      ['as a text, as the AWS CLI gives it', '2026-01-05T10:00:00+01:00', 1767603600000],
      ['as a Date, as the SDK gives it', new Date(1767603600123), 1767603600123],
      ['missing', undefined, undefined],
      ['null', null, undefined],
      ['a text that is no time', 'yesterday', undefined],
      ['a Date that is no time', new Date(NaN), undefined],
      ['a number beyond all time', 1e306, undefined],
      ['an object', {}, undefined],
    ];
    for (const [what, time, expected] of times)
      it(what, () => {
        expect(changeOf(created(time)).at).to.equal(expected);
        const delivery = toDelivery(created(time));
        expect([delivery.at, delivery.record.at]).to.deep.equal([expected, expected]);
      });

    it('of records too that nothing is derived from, or that cannot be read', () => {
      const strange = created(5, streamRecord({ after: strangeRow('x') }));
      expect(toDelivery(strange)).to.include({ kind: 'unrecognised', at: 5_000 });
      const broken = { ...created(5), eventName: 'UPSERT' };
      expect(toDelivery(broken)).to.include({ kind: 'undecodable', at: 5_000 });
      for (const nothing of [null, 'x', {}, { dynamodb: 'x' }])
        expect(toDelivery(nothing).at).to.equal(undefined);
    });
  });

  describe('knows the stream', () => {
    const table = 'arn:aws:dynamodb:eu-central-1:123456789012:table/aircraft';
    const streamOf = (eventSourceARN: unknown, streamArn?: string) => {
      const delivery = toDelivery(
        { ...RECORDS[0]!, eventSourceARN },
        streamArn === undefined ? {} : { streamArn },
      );
      if (delivery.kind !== 'change') throw new Error(delivery.kind);
      return [delivery.change.identity.stream, delivery.change.version.epoch];
    };

    it('from the record', () => {
      const arn = `${table}/stream/2026-01-05T09:00:00.000`;
      expect(streamOf(arn)).to.deep.equal([arn, '2026-01-05T09:00:00.000']);
    });

    it('from the record, also where another is given for those that name none', () => {
      expect(streamOf(`${table}/stream/b`, `${table}/stream/a`)).to.deep.equal([`${table}/stream/b`, 'b']);
    });

    for (const nothing of [undefined, null, '', 5, {}])
      it(`from the option, where the record names ${JSON.stringify(nothing)}`, () => {
        expect(streamOf(nothing, `${table}/stream/a`)).to.deep.equal([`${table}/stream/a`, 'a']);
      });

    it('not at all, where neither names one: then it is the one unnamed stream', () => {
      expect(streamOf(undefined)).to.deep.equal(['', '']);
    });

    it('by an ARN that has no label: then its epoch is the first', () => {
      expect(streamOf(table)).to.deep.equal([table, '']);
    });

    it('by the label of a table that is called stream', () => {
      const arn = 'arn:aws:dynamodb:eu-central-1:123456789012:table/stream/stream/2026';
      expect(streamOf(arn)).to.deep.equal([arn, '2026']);
    });
  });

  describe('never throws', () => {
    const expectHarmless = (input: unknown) => {
      const delivery = toDelivery(input, { place: 'here' });
      expect(delivery.record.place).to.equal('here');
      if (delivery.kind === 'undecodable')
        expect(delivery.fault.kind).to.be.oneOf(['permanent', 'configuration']);
      if (delivery.kind !== 'change') return;
      const { change } = delivery;
      expectOnlyFaults(() => commandsOf(change));
      for (const side of [change.before, change.after])
        if (typeof side !== 'string') expectOnlyFaults(() => side.all());
    };

    it('whatever JSON it is given', () => {
      fc.assert(fc.property(fc.jsonValue({ maxDepth: 6 }), expectHarmless), { numRuns: 2000 });
    });

    it('however a record is spoilt', () => {
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

    it('whatever keys a row has', () => {
      const key = fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.string({
          unit: fc.constantFrom(
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

function attributesOf(side: unknown): Record<string, unknown> {
  return Object.fromEntries((side as { all(): ReadonlyMap<string, unknown> }).all());
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

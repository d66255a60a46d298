import { expect } from 'chai';
import { toDelivery } from '../../../src/adapters/dynamodb-stream/to-delivery.ts';
import type { Fault } from '../../../src/domain/fault.ts';
import { fleet } from '../../../src/fleet/definition.ts';
import { faaRow, STREAM_ARN, streamRecord, strangeRow, withDynamodb } from '../../support/stream-records.ts';

const good = streamRecord({ after: faaRow('N1') });
const TABLE_ARN = STREAM_ARN.slice(0, STREAM_ARN.indexOf('/stream/'));

function faultOf(record: unknown, table?: string): Fault | undefined {
  const delivery = toDelivery(record, fleet.model, { table });
  return delivery.kind === 'undecodable' ? delivery.fault : undefined;
}

describe('the source of a record', () => {
  const QUEUE_ARN = 'arn:aws:sqs:eu-central-1:123456789012:other';
  const foreign: Readonly<Record<string, readonly [record: object, message: RegExp]>> = {
    SQS: [
      { messageId: '1', body: '{}', eventSource: 'aws:sqs', eventSourceARN: QUEUE_ARN },
      /comes from "aws:sqs" \(arn:aws:sqs:eu-central-1:123456789012:other\); expected aws:dynamodb/,
    ],
    SNS: [
      { EventSource: 'aws:sns', EventVersion: '1.0', EventSubscriptionArn: 'arn:aws:sns:x', Sns: {} },
      /comes from "aws:sns" \(arn:aws:sns:x\); expected aws:dynamodb/,
    ],
    S3: [
      { eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', s3: {} },
      /comes from "aws:s3"; expected aws:dynamodb/,
    ],
    Kinesis: [
      { eventSource: 'aws:kinesis', eventSourceARN: 'arn:aws:kinesis:x', kinesis: { data: '' } },
      /comes from "aws:kinesis" \(arn:aws:kinesis:x\); expected aws:dynamodb/,
    ],
    'a change in a record of another source': [{ ...good, eventSource: 'aws:sqs' }, /expected aws:dynamodb/],
    'a source that is not a string': [{ ...good, eventSource: 5 }, /from 5 .*expected aws:dynamodb/],
  };
  for (const [what, [record, message]] of Object.entries(foreign))
    it(`given ${what}, then the fault says what came and what was expected`, () => {
      const fault = faultOf(record);
      expect(fault).to.include({ kind: 'configuration' });
      expect(fault?.message)
        .to.match(message)
        .and.match(/remove the other trigger/);
    });

  const { SequenceNumber, StreamViewType, ...inKinesis } = good.dynamodb;
  expect(SequenceNumber).not.to.equal(undefined);
  for (const [what, record, found] of [
    ['nothing', null, 'null'],
    ['nothing at all', undefined, 'missing'],
    ['an array', [good], 'an array'],
    ['a number', 5, '5'],
    ['a text', 'x'.repeat(100), `"${'x'.repeat(59)}…`],
    ['an object without fields', {}, 'an object without fields'],
    ['another object', { foo: 1, bar: 2 }, 'an object with the fields foo, bar'],
    ['a request of CloudFront', { cf: { config: {} } }, 'an object with the fields cf'],
    [
      'a source without a change',
      { eventSource: 'aws:dynamodb', eventSourceARN: STREAM_ARN },
      'an object with the fields eventSource, eventSourceARN',
    ],
    ['no dynamodb object', { dynamodb: null }, 'an object with the fields dynamodb'],
    ['a text for it', { dynamodb: 'x' }, 'an object with the fields dynamodb'],
    ['a list for it', { dynamodb: [] }, 'an object with the fields dynamodb'],
    [
      'very many fields',
      Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`f${n}`, n])),
      'f0, f1, f2',
    ],
    [
      'a change as Kinesis Data Streams for DynamoDB have it',
      {
        awsRegion: 'eu-central-1',
        eventID: '1',
        eventName: 'INSERT',
        userIdentity: null,
        recordFormat: 'application/json',
        tableName: 'aircraft',
        eventSource: 'aws:dynamodb',
        dynamodb: { ...inKinesis, StreamViewType },
      },
      'recordFormat, tableName, eventSource, dynamodb, the format of Kinesis Data Streams for DynamoDB',
    ],
  ] as const)
    it(`given ${what}, then the fault says what is expected`, () => {
      for (const table of [undefined, 'aircraft']) {
        const fault = faultOf(record, table);
        expect(fault).to.include({ kind: 'configuration' });
        expect(fault?.message)
          .to.include(found)
          .and.include('expected a DynamoDB stream record, with eventName and a dynamodb object');
        expect(fault?.message.length).to.be.at.most(700);
      }
    });

  for (const [what, record] of Object.entries({
    'a source': { ...good, eventSource: 'aws:dynamodb' },
    'no source, as GetRecords may return it': { ...good, eventSource: undefined },
    'a source that is null': { ...good, eventSource: null },
  }))
    it(`given ${what}, then it is a change`, () => {
      expect(toDelivery(record, fleet.model).kind).to.equal('change');
    });

  const short = (arn: string) => arn.replace(/^arn:aws:(dynamodb:)?/, '').slice(0, 34);
  for (const table of ['aircraft', TABLE_ARN])
    it(`given the stream of ${table}, then it is a change`, () => {
      expect(faultOf(good, table)).to.equal(undefined);
      expect(faultOf({ ...good, eventSourceARN: undefined }, table)).to.equal(undefined);
    });

  for (const [table, arn] of [
    ['other', STREAM_ARN],
    ['aircraft', STREAM_ARN.replace('table/aircraft', 'table/aircraft-2')],
    ['stream', STREAM_ARN],
    ['aircraft', QUEUE_ARN],
    ['aircraft', TABLE_ARN],
    ['aircraft', 'aircraft'],
    [TABLE_ARN, STREAM_ARN.replace('eu-central-1', 'eu-west-1')],
    [TABLE_ARN, STREAM_ARN.replace('123456789012', '210987654321')],
    [TABLE_ARN, STREAM_ARN.replace('table/aircraft', 'table/other')],
  ] as const)
    it(`refuses ${short(arn)} for ${short(table)}, names both`, () => {
      // The right one before it must not vouch for it.
      expect(faultOf(good, 'aircraft')).to.equal(undefined);
      const fault = faultOf({ ...good, eventSourceARN: arn }, table);
      expect(fault).to.include({ kind: 'configuration' });
      expect(fault?.message).to.include(`comes from ${arn}; expected the stream of table ${table}`);
    });

  it('given a row that nothing is derived from, then its source counts all the same', () => {
    const strange = streamRecord({ after: strangeRow('1') });
    expect(toDelivery(strange, fleet.model, { table: 'aircraft' }).kind).to.equal('unrecognised');
    expect(faultOf(strange, 'other')).to.include({ kind: 'configuration' });
  });
});

describe('the names of keys', () => {
  const keyed = (Keys: unknown) => withDynamodb(good, { Keys });
  for (const [what, Keys, names] of [
    ['a table with one key', { id: { S: '1' } }, 'id (S)'],
    ['a table with other names', { pk: { S: '1' }, sk: { N: '1' } }, 'pk (S) and sk (N)'],
    ['a table without a sort key', { PK: { S: 'FAA#LINKS' } }, 'PK (S)'],
    ['a sort key that is a number', { PK: { S: 'FAA#LINKS' }, SK: { N: '1' } }, 'PK (S) and SK (N)'],
    ['keys that are bytes', { PK: { B: 'AAE=' }, SK: { B: new Uint8Array(2) } }, 'PK (B) and SK (B)'],
  ] as const)
    it(`given ${what}, then the fault names the keys found and the keys expected`, () => {
      const fault = faultOf(keyed(Keys));
      expect(fault).to.include({ kind: 'configuration' });
      expect(fault?.message).to.include(`keys are ${names}; expected PK (S) and SK (S)`);
    });

  for (const [what, Keys] of [
    ['no keys', undefined],
    ['an empty object', {}],
    ['a list', []],
    ['a key that is no attribute value', { PK: 'FAA#LINKS', SK: { S: '1' } }],
    ['a text that is none', { PK: { S: 'x' }, SK: { S: 5 } }],
    ['an unknown type', { PK: { S: 'x' }, SK: { X: '1' } }],
  ] as const)
    it(`given ${what}, then the record is poison: it is of no table`, () => {
      expect(faultOf(keyed(Keys))).to.include({ kind: 'permanent' });
    });
});

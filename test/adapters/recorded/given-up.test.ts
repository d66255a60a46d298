import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { messageOf } from '../../../src/adapters/aws/sqs/search-message.ts';
import { quarantineMessage } from '../../../src/adapters/aws/sqs/quarantine-message.ts';
import { givenUpIn } from '../../../src/adapters/recorded/given-up.ts';
import { GivenUpFiles } from '../../../src/adapters/recorded/given-up-files.ts';
import type { GivenUpMessage } from '../../../src/application/ports/given-up.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { STREAM_ARN } from '../../support/stream-records.ts';
import { record } from './support.ts';

const [a, b] = [record('a'), record('b')];
const ofRecord = (one: unknown) => ({ is: 'record', record: one });

const INFO = {
  shardId: 'shardId-00000001',
  startSequenceNumber: '100',
  endSequenceNumber: '300',
  approximateArrivalOfFirstRecord: '2026-01-05T09:00:00Z',
  batchSize: 3,
  streamArn: STREAM_ARN,
};
const RANGE = { is: 'range', stream: STREAM_ARN, shard: INFO.shardId, first: '100', last: '300' };

const ACTION = {
  key: { collection: 'orders', id: 'c:1' },
  version: { generation: 2, epoch: 'label', sequence: '7' },
  identity: { stream: STREAM_ARN, sequence: '7' },
  document: undefined,
};
const ROW = { partition: 'CUSTOMER#c', sort: 'ORDER#1' };

const quarantined = (raw: unknown, most: number) =>
  quarantineMessage({ record: {}, raw, fault: new Fault('permanent', 'it is poison') }, most).body;

async function received(files: GivenUpFiles): Promise<readonly GivenUpMessage[]> {
  const all: GivenUpMessage[] = [];
  for (;;) {
    const some = await files.receive();
    if (some.length === 0) return all;
    all.push(...some);
  }
}

function file(name: string, content: string | Uint8Array) {
  return {
    name,
    open: async function* () {
      yield Buffer.from(content);
    },
  };
}

describe('what was given up', () => {
  const cases: [string, unknown, readonly unknown[]][] = [
    [
      'a batch with its payload',
      { DDBStreamBatchInfo: INFO, payload: { Records: [a, b] } },
      [a, b].map(ofRecord),
    ],
    [
      'a batch with its payload as text',
      { DDBStreamBatchInfo: INFO, payload: JSON.stringify({ Records: [a, b] }) },
      [a, b].map(ofRecord),
    ],
    [
      'what Lambda tells a queue',
      { requestContext: { condition: 'RetryAttemptsExhausted' }, DDBStreamBatchInfo: INFO },
      [RANGE],
    ],
    [
      'what a pipe tells a queue',
      { context: { condition: 'RetryAttemptsExhausted' }, DDBStreamBatchInfo: INFO },
      [RANGE],
    ],
    ['a message of the quarantine', JSON.parse(quarantined(a, 1_000_000)), [ofRecord(a)]],
    ['a packed message of the quarantine', JSON.parse(quarantined(a, 0)), [ofRecord(a)]],
    ['a Lambda event', { Records: [a, b] }, [a, b].map(ofRecord)],
    ['a record', a, [ofRecord(a)]],
    [
      'a search action',
      JSON.parse(messageOf({ ...ACTION, row: ROW }).body),
      [{ is: 'row', key: ROW, version: ACTION.version }],
    ],
    [
      'what the command line of AWS prints of messages',
      { Messages: [{ MessageId: 'm', Body: JSON.stringify({ Records: [a] }) }, { Body: quarantined(b, 0) }] },
      [a, b].map(ofRecord),
    ],
    [
      'records that look like something else',
      { Records: [{ action: 'upsert', collection: 'x' }] },
      [{ action: 'upsert', collection: 'x' }].map(ofRecord),
    ],
  ];
  for (const [what, value, expected] of cases) {
    it(`given ${what}, when it is a message, then it is what that holds`, () => {
      expect(givenUpIn(JSON.stringify(value))).to.deep.equal(expected);
    });

    it(`given ${what}, when it is in a file, then it is the same`, async () => {
      const messages = await received(new GivenUpFiles([file('f', JSON.stringify(value, undefined, 1))]));
      expect(messages.map(({ holds }) => holds)).to.deep.equal(expected.map((one) => [one]));
    });
  }

  const unknown: [string, string, RegExp][] = [
    ['no JSON', 'nonsense', /the message is not valid JSON/],
    ['something else', '{"a":1}', /neither a stream record nor an event/],
    [
      'a batch without numbers',
      JSON.stringify({ DDBStreamBatchInfo: { ...INFO, endSequenceNumber: 'x' } }),
      /has no sequence numbers/,
    ],
    ['a batch without a stream', JSON.stringify({ DDBStreamBatchInfo: null }), /names no stream and shard/],
    [
      'a quarantine message without its record',
      '{"reason":"","fault":"","source":{}}',
      /neither a record nor a payload/,
    ],
    [
      'a search action without its row',
      messageOf(ACTION).body,
      /\["orders","c:1"\] does not say of which row/,
    ],
    [
      'a search action that is none',
      '{"action":"upsert","collection":"c"}',
      /is no search action: it names no id/,
    ],
  ];
  for (const [what, body, why] of unknown)
    it(`given ${what}, then nobody can tell what it is about, and why is told`, () => {
      const [found, ...others] = givenUpIn(body);
      expect(others).to.deep.equal([]);
      expect(found?.is).to.equal('unknown');
      expect(found?.is === 'unknown' && found.why).to.match(why);
    });

  it('given files, compressed or not, then each record is a message with its place, in their order', async () => {
    const files = new GivenUpFiles([
      file('one', gzipSync(JSON.stringify({ payload: { Records: [a, b] } }))),
      file('two', `${JSON.stringify(a)}\nnonsense\n${JSON.stringify(b)}\n`),
    ]);
    const messages = await received(files);
    expect(messages.map(({ place, holds: [held] }) => `${place} ${held?.is}`)).to.deep.equal([
      ...['one:1 record', 'one:1 record', 'two:1 record', 'two:2 unknown', 'two:3 record'],
    ]);
    expect(await files.acknowledge(messages)).to.deep.equal(messages.map(() => 'done'));
    await files.close();
  });
});

import { randomBytes } from 'node:crypto';
import { SQSClient } from '@aws-sdk/client-sqs';
import { expect } from 'chai';
import { parseQuarantined } from '../../../../src/adapters/aws/sqs/quarantine-message.ts';
import { SqsQuarantine, type SqsQuarantineOptions } from '../../../../src/adapters/aws/sqs/sqs-quarantine.ts';
import type { PoisonRecord } from '../../../../src/application/ports/quarantine.ts';
import { Fault } from '../../../../src/domain/fault.ts';
import { kindsOf, shown } from '../../../support/kinds.ts';
import { range } from '../../../support/range.ts';
import { faultOf } from '../../../support/factories.ts';
import { SqsDouble, taken, thrown } from './sqs-double.ts';

const QUEUE_URL = 'https://sqs.eu-central-1.amazonaws.com/123456789012/poison';

function poison(sequenceNumber: string, raw: unknown = { eventID: sequenceNumber }): PoisonRecord {
  return { record: { sequenceNumber }, raw, fault: new Fault('permanent', 'no keys') };
}

function setUp(options: Partial<SqsQuarantineOptions> = {}) {
  const sqs = new SqsDouble();
  return { sqs, quarantine: new SqsQuarantine(sqs, { queueUrl: QUEUE_URL, ...options }) };
}

describe('SqsQuarantine', () => {
  it('given many records, when kept, then ten go in a request, each once', async () => {
    const { sqs, quarantine } = setUp();
    const records = range(35).map((n) => poison(String(n)));
    expect(await quarantine.keep(records)).to.deep.equal(records.map(() => 'done'));
    expect(sqs.requests.map(({ entries }) => entries.length)).to.deep.equal([10, 10, 10, 5]);
    expect(sqs.entries.map(({ MessageBody = '' }) => parseQuarantined(MessageBody).record)).to.deep.equal(
      records.map(({ raw }) => raw),
    );
  });

  it('given a standard queue, when kept, then entries have no group; on a FIFO queue they have both ids', async () => {
    const standard = setUp();
    await standard.quarantine.keep([poison('1')]);
    expect(Object.keys(standard.sqs.entries[0]!)).to.deep.equal(['Id', 'MessageBody']);
    const fifo = setUp({ queueUrl: `${QUEUE_URL}.fifo` });
    await fifo.quarantine.keep([poison('1')]);
    expect(fifo.sqs.entries[0]?.MessageGroupId).to.match(/^[0-9a-f]{64}$/);
    expect(fifo.sqs.entries[0]?.MessageDeduplicationId).to.match(/^[0-9a-f]{64}$/);
  });

  it('given records that cannot be written, when kept, then each says why, and the others are kept', async () => {
    const { sqs, quarantine } = setUp();
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    let deep: unknown = 0;
    for (let n = 0; n < 100_000; n++) deep = [deep];
    const hostile = {
      get Records(): never {
        throw new Error('not to be read');
      },
    };
    const raws = [1, cyclic, 2, { n: 10n }, deep, Symbol('s'), hostile, 3];
    const results = await quarantine.keep(raws.map((raw, n) => poison(String(n), raw)));
    expect(results.map(shown)).to.deep.equal([
      'done',
      'permanent: record 1 cannot be quarantined because it cannot be written as JSON: Converting circular structure to JSON',
      'done',
      'permanent: record 3 cannot be quarantined because it cannot be written as JSON: Do not know how to serialize a BigInt',
      'permanent: record 4 cannot be quarantined because it cannot be written as JSON: Maximum call stack size exceeded',
      'permanent: record 5 cannot be quarantined because it cannot be written as JSON: it is symbol',
      'permanent: record 6 cannot be quarantined because it cannot be written as JSON: not to be read',
      'done',
    ]);
    expect(results[1]).to.have.property('cause').that.is.instanceOf(TypeError);
    expect(sqs.entries).to.have.length(3);
  });

  it('given a record that is too large even when packed, when kept, then it is refused with size and limit', async () => {
    const { sqs, quarantine } = setUp({ maxBatchBytes: 1000 });
    const random = randomBytes(2000).toString('base64');
    const results = await quarantine.keep([poison('1', random), poison('2'), poison('3', 'x'.repeat(5000))]);
    expect(shown(results[0])).to.match(
      /^configuration: the message for record 1 is \d{4} bytes.* 1000 bytes; raise the MaximumMessageSize of the queue of QUARANTINE_QUEUE_URL/,
    );
    expect(results.slice(1)).to.deep.equal(['done', 'done']);
    expect(sqs.entries).to.have.length(2);
  });

  for (const isWhole of [true, false])
    it(`given a queue that takes less, as it says of ${isWhole ? 'requests' : 'entries'}, then large records are packed`, async () => {
      const { sqs, quarantine } = setUp();
      const isLarge = (body: string) => body.length > 2000;
      sqs.refuse(isLarge, {
        code: 'InvalidParameterValue',
        message: 'Message must be shorter than 2000 bytes.',
        whole: isWhole ? 'BatchRequestTooLong' : undefined,
      });
      const random = randomBytes(3000).toString('base64');
      const raws = ['small', 'x'.repeat(50_000), random, 'small too', 'y'.repeat(5000)];
      const results = await quarantine.keep(raws.map((raw, n) => poison(String(n), raw)));
      expect(kindsOf(results)).to.deep.equal(['done', 'done', 'configuration', 'done', 'done']);
      expect(shown(results[2])).to.match(
        /the message for record 2 is \d+ bytes.*raise the MaximumMessageSize of the queue of QUARANTINE_QUEUE_URL/,
      );
      const kept = sqs.entries.map(({ MessageBody = '' }) => MessageBody).filter((body) => !isLarge(body));
      expect(new Set(kept.map((body) => parseQuarantined(body).record))).to.deep.equal(
        new Set(raws.filter((raw) => raw !== random)),
      );
    });

  it('given an entry that is refused, when kept, then its record has the fault', async () => {
    const { sqs, quarantine } = setUp();
    sqs.answer = (entries) => ({
      Successful: entries.slice(1).map(taken),
      Failed: [{ Id: '0', SenderFault: false, Code: 'InternalError' }],
    });
    expect((await quarantine.keep([poison('1'), poison('2')])).map(shown)).to.deep.equal([
      'transient: the message for record 1: queue poison: InternalError: no further details',
      'done',
    ]);
  });

  it('given many batches, when kept, then no more are under way than asked for', async () => {
    const { sqs, quarantine } = setUp({ concurrency: 2 });
    await quarantine.keep(range(80).map((n) => poison(String(n))));
    expect(sqs.mostAtOnce).to.equal(2);
  });

  it('given a queue that is not there, when kept, then the variable to set is named', async () => {
    const { sqs, quarantine } = setUp();
    sqs.answer = () => {
      throw thrown('QueueDoesNotExist', 'The specified queue does not exist.');
    };
    expect(shown((await quarantine.keep([poison('1')]))[0])).to.match(
      /^configuration: queue poison does not exist .*QUARANTINE_QUEUE_URL/,
    );
  });

  it('given no URL of a queue, when constructed, then the variable to set is named', () => {
    const fault = faultOf(() => setUp({ queueUrl: 'poison' }));
    expect(shown(fault)).to.match(/^configuration: QUARANTINE_QUEUE_URL is not a queue URL/);
  });

  it('takes the SDK client', () => {
    const client = new SQSClient({ region: 'eu-central-1' });
    expect(new SqsQuarantine(client, { queueUrl: QUEUE_URL })).to.be.instanceOf(SqsQuarantine);
    client.destroy();
  });
});

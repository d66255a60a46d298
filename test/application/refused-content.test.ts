import { expect } from 'chai';
import { SqsSearchQueue } from '../../src/adapters/aws/sqs/sqs-search-queue.ts';
import { MemoryQuarantine } from '../../src/adapters/memory/memory-quarantine.ts';
import { Quarantine } from '../../src/application/ports/quarantine.ts';
import { Fault } from '../../src/domain/fault.ts';
import { SqsDouble, taken } from '../adapters/aws/sqs/sqs-double.ts';
import { range } from '../support/range.ts';
import { faaRow, SourceTable } from '../support/stream-records.ts';
import { aWorker, inShort } from './worker.ts';

const BAD = 'bad';

/** A worker whose search queue is SQS, which refuses requests with a message that holds a bad owner's name. */
function setUp() {
  const sqs = new SqsDouble();
  sqs.answer = (entries) => {
    if (entries.some(({ MessageBody = '' }) => MessageBody.includes(`"owner_name":"${BAD}`)))
      throw Object.assign(new Error('Invalid characters found.'), { name: 'InvalidMessageContents' });
    return { Successful: entries.map(taken) };
  };
  const quarantine = new MemoryQuarantine();
  return { worker: workerOf(sqs, quarantine), quarantine, sqs };
}

function workerOf(sqs: SqsDouble, quarantine: Quarantine) {
  const queueUrl = 'https://sqs.eu-central-1.amazonaws.com/123456789012/search.fifo';
  return aWorker({ queue: new SqsSearchQueue(sqs, { queueUrl }), quarantine, retries: { attempts: 1 } });
}

describe('records that only the queue can tell to be poison', () => {
  it('given one that the quarantine did not take, when delivered again, then it is still poison', async () => {
    let isThrottled = true;
    class Throttled extends Quarantine {
      override keep(records: readonly unknown[]) {
        return Promise.resolve(
          records.map(() => (isThrottled ? new Fault('transient', 'throttled') : ('done' as const))),
        );
      }
    }
    const worker = workerOf(setUp().sqs, new Throttled());
    const table = new SourceTable();
    const records = [
      table.put(faaRow('N0', { owner_name: BAD })),
      ...range(5).map((n) => table.put(faaRow(`M${n}`))),
    ];
    const applied = range(5).map(() => 'applied');
    expect(inShort((await worker.handle(...records)).outcomes)).to.deep.equal(['failed', ...applied]);
    isThrottled = false;
    for (let again = 0; again < 2; again++)
      expect(inShort((await worker.handle(...records)).outcomes)).to.deep.equal(['quarantined', ...applied]);
  });

  it('given one that is alone in its batch, then it is in quarantine', async () => {
    const { worker, quarantine } = setUp();
    const record = new SourceTable().put(faaRow('N0', { owner_name: BAD }));
    expect(inShort((await worker.handle(record)).outcomes)).to.deep.equal(['quarantined']);
    expect(quarantine.kept.map(({ raw }) => raw)).to.deep.equal([record]);
  });

  for (const bad of [1, 2, 3])
    it(`given a good change of a document and ${bad} bad ones after it, among others, then the good one is sent at every delivery`, async () => {
      const { worker, sqs } = setUp();
      const table = new SourceTable();
      const records = [
        table.put(faaRow('N0', { owner_name: 'good' })),
        ...range(bad).map((n) => table.put(faaRow('N0', { owner_name: `${BAD}${n}` }))),
        ...range(5).map((n) => table.put(faaRow(`M${n}`))),
      ];
      for (let delivery = 1; delivery <= 2; delivery++) {
        expect(inShort((await worker.handle(...records)).outcomes)).to.deep.equal([
          'applied',
          ...range(bad).map(() => 'quarantined'),
          ...range(5).map(() => 'applied'),
        ]);
        const sent = sqs.entries.filter(({ MessageBody = '' }) => MessageBody.includes('"good"'));
        expect(sent.length).to.be.at.least(delivery);
      }
    });

  it('given a good change and a bad one, and nothing else, then the good one is sent', async () => {
    const { worker, sqs } = setUp();
    const table = new SourceTable();
    const { outcomes } = await worker.handle(
      table.put(faaRow('N0', { owner_name: 'good' })),
      table.put(faaRow('N0', { owner_name: BAD })),
    );
    expect(inShort(outcomes)).to.deep.equal(['applied', 'quarantined']);
    expect(sqs.entries.at(-1)?.MessageBody).to.include('"good"');
  });
});

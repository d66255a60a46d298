import { expect } from 'chai';
import { ContainerModule } from 'inversify';
import { MemorySearchQueue } from '../../src/adapters/memory/memory-search-queue.ts';
import { MemoryQuarantine } from '../../src/adapters/memory/memory-quarantine.ts';
import { Quarantine } from '../../src/application/ports/quarantine.ts';
import { TableGenerations } from '../../src/application/ports/table-generations.ts';
import { verify } from '../../src/application/verify/verify.ts';
import { Fault } from '../../src/domain/fault.ts';
import { streamWorker } from '../../src/entrypoints/composition/container.ts';
import { handlerOf } from '../../src/entrypoints/lambda/handler-of.ts';
import { createMemoryWorker } from '../../src/entrypoints/memory-worker.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { generateEvents } from '../../src/fleet/feed/generate.ts';
import { collect } from '../support/collect.ts';
import { imageRecord, linkRecord, registrationRecord, type StreamRecord } from '../support/stream-records.ts';

function worker(failureMode: 'report' | 'throw' = 'report', ...more: readonly ContainerModule[]) {
  const created = createMemoryWorker({ log: { level: 'silent' }, failureMode, modules: more });
  return { ...created, queue: created.container.get(MemorySearchQueue) };
}

function poison<T extends StreamRecord>(record: T): T {
  Object.assign(record.dynamodb['NewImage'] as object, { registration: { N: 'twelve' } });
  return record;
}

async function rejection(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('expected a rejection');
}

describe('the Lambda handler', () => {
  it('given good records, when handled, then nothing is reported and all three subsystems follow', async () => {
    const { handler, queue, state } = worker();
    const response = await handler({
      Records: [registrationRecord('N1'), imageRecord('N1', 'A'), linkRecord('1', '172')],
    });
    expect(response).to.deep.equal({ batchItemFailures: [] });
    expect(queue.drain().map(({ key }) => key.id)).to.have.members(['FAA:N1', 'N1:A']);
    expect(await collect(state.pointers())).to.have.length(1);
    expect(await collect(state.counts())).to.have.length(1);
  });

  describe('given records of another table than the one that is followed,', () => {
    const there = (registration: string, sequence: string) => ({
      ...registrationRecord(registration, { sequence }),
      eventSourceARN: 'arn:aws:dynamodb:us-east-1:123456789012:table/aircraft/stream/2025-06-01T00:00:00.000',
    });

    it('when handled, then all fail, none is done, and none is poison', async () => {
      const quarantine = new MemoryQuarantine();
      const keeping = new ContainerModule(({ bind }) => void bind(Quarantine).toConstantValue(quarantine));
      const { handler, queue } = worker('report', keeping);
      await handler({ Records: [registrationRecord('N1', { sequence: '500' })] });
      queue.drain();
      const response = await handler({ Records: [there('N1', '7'), there('N2', '8')] });
      expect(response).to.deep.equal({ batchItemFailures: [{ itemIdentifier: '7' }] });
      expect(queue.drain()).to.deep.equal([]);
      expect(quarantine.kept).to.deep.equal([]);
    });

    it('when the batch is thrown back, then the fault says which tables these are, and what to run', async () => {
      const { handler } = worker('throw');
      await handler({ Records: [registrationRecord('N1')] });
      const error = await rejection(handler({ Records: [there('N1', '7')] }));
      expect(error).to.be.instanceOf(Fault).and.to.have.property('kind', 'configuration');
      expect(error.message).to.include(
        'contrail adopt-stream arn:aws:dynamodb:us-east-1:123456789012:table/aircraft',
      );
    });

    it('when the table was adopted, then its changes are the newer ones, whatever labels and numbers say', async () => {
      const { handler, queue, container, drain, state } = worker();
      await handler({ Records: [registrationRecord('N1', { sequence: '500' })] });
      drain();
      await container.get(TableGenerations).adopt('arn:aws:dynamodb:us-east-1:123456789012:table/aircraft');
      const changed = there('N1', '7');
      Object.assign(changed.dynamodb.NewImage!, { status: { S: 'moved' } });
      expect(await handler({ Records: [changed] })).to.deep.equal({ batchItemFailures: [] });
      expect(queue.sent).to.equal(2);
      drain();
      const [document] = await collect(state.documents());
      expect(document?.fields['status']).to.equal('moved');
    });
  });

  it('given failures, when handled, then the numerically lowest failed sequence number is reported, not the textually lowest', async () => {
    const { handler } = worker();
    const later = poison(registrationRecord('N2', { sequence: '100000000000000000000000' }));
    const earlier = poison(registrationRecord('N1', { sequence: '99999999999999999999999' }));
    const response = await handler({ Records: [later, earlier, registrationRecord('N3')] });
    expect(response.batchItemFailures).to.deep.equal([{ itemIdentifier: '99999999999999999999999' }]);
  });

  it('given the table that it is for, when records of another come, then they fail, and none is handled', async () => {
    const { container, queue } = worker();
    const handler = handlerOf(streamWorker(container), {
      failureMode: 'report',
      deadlineMarginMs: 0,
      table: 'other',
    });
    const response = await handler({ Records: [registrationRecord('N1', { sequence: '7' })] });
    expect(response).to.deep.equal({ batchItemFailures: [{ itemIdentifier: '7' }] });
    expect(queue.drain()).to.deep.equal([]);
  });

  it('given an event of another source, when handled, then it throws, and says which one it expects', async () => {
    const { handler } = worker();
    const error = await rejection(
      handler({ Records: [{ messageId: '1', body: '{}', eventSource: 'aws:sqs' }] }),
    );
    expect(error).to.include({ kind: 'configuration' });
    expect(error.message).to.match(/"aws:sqs".*expected aws:dynamodb/);
  });

  it('given a failed record, when handled, then the good records after it took effect all the same', async () => {
    const { handler, queue } = worker();
    await handler({ Records: [poison(registrationRecord('N1')), registrationRecord('N2')] });
    expect(queue.drain().map(({ key }) => key.id)).to.deep.equal(['FAA:N2']);
  });

  it('given FAILURE_MODE=throw, when a record fails, then the handler throws with every failure as cause', async () => {
    const { handler } = worker('throw');
    const one = await rejection(handler({ Records: [poison(registrationRecord('N1'))] }));
    expect(one).to.be.instanceOf(Fault);
    expect(one.message).to.match(/1 of 1 records failed.*registration is not a valid number/s);
    const two = await rejection(
      handler({ Records: [poison(registrationRecord('N1')), poison(registrationRecord('N2'))] }),
    );
    expect((two.cause as AggregateError).errors).to.have.length(2);
  });

  it('given either FAILURE_MODE, when the batch comes again, then only what the source was to deliver again is not sent again', async () => {
    for (const [mode, expected] of [
      ['report', 3],
      ['throw', 2],
    ] as const) {
      const { handler, queue } = worker(mode);
      const Records = [1, 2, 3].map((n) => registrationRecord(`N${n}`, { sequence: `${n}` }));
      poison(Records[1]!);
      let sent = 0;
      const send = queue.send.bind(queue);
      queue.send = (actions) => {
        sent += actions.length;
        return send(actions);
      };
      for (let delivery = 0; delivery < 2; delivery++) await handler({ Records }).catch(() => undefined);
      expect(sent, mode).to.equal(expected);
    }
  });

  it('given FAILURE_MODE=throw, when nothing fails, then it answers as ever', async () => {
    expect(await worker('throw').handler({ Records: [registrationRecord('N1')] })).to.deep.equal({
      batchItemFailures: [],
    });
  });

  for (const event of [null, undefined, 'text', 7, {}, { Records: null }, { Records: {} }, []])
    it(`given ${event === undefined ? 'nothing' : JSON.stringify(event)} as event, when handled, then it throws and says what it expects`, async () => {
      expect((await rejection(worker().handler(event))).message).to.match(
        /no array of Records.*DynamoDB Streams/,
      );
    });

  it('given no records, when handled, then nothing is reported', async () => {
    expect(await worker().handler({ Records: [] })).to.deep.equal({ batchItemFailures: [] });
  });

  it('given a failed record without a sequence number, when handled, then the batch is thrown back after the others took effect', async () => {
    const { handler, queue } = worker();
    const error = await rejection(handler({ Records: [null, registrationRecord('N1')] }));
    expect(error.message).to.match(/record 0 of the batch failed and has no sequence number/);
    expect(queue.drain()).to.have.length(1);
  });

  it('given a generated feed in batches, each delivered twice, when handled, then the derived state equals a recount', async () => {
    const { handler, state, drain } = worker();
    for (const event of generateEvents({ seed: 5, records: 2_000, batchSize: 70 })) {
      const json = JSON.stringify(event);
      for (let delivery = 0; delivery < 2; delivery++)
        expect(await handler(JSON.parse(json))).to.deep.equal({ batchItemFailures: [] });
    }
    drain();
    const { checked, drift } = await verify(state, fleet);
    expect(drift).to.deep.equal([]);
    const { search, defaultImages, matcher } = checked;
    expect(Math.min(search, defaultImages, matcher)).to.be.greaterThan(10);
  });

  it('given 10,000 records in one batch, when handled, then all are', async () => {
    const { handler, queue } = worker();
    const Records = Array.from({ length: 10_000 }, (_, index) => registrationRecord(`N${index}`));
    expect(await handler({ Records })).to.deep.equal({ batchItemFailures: [] });
    expect(queue.sent).to.equal(10_000);
  });
});

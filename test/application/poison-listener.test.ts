import { expect } from 'chai';
import { MemoryQuarantine } from '../../src/adapters/memory/memory-quarantine.ts';
import type { PoisonFound, PoisonListener } from '../../src/application/poison-listener.ts';
import type { TimeLimit } from '../../src/application/time-limit.ts';
import { Fault } from '../../src/domain/fault.ts';
import { faaRow, linkRow, SourceTable } from '../support/stream-records.ts';
import { withEffects } from './effects.ts';
import { orderRow } from './shop.ts';
import { RecordingLogger, ScriptedMatcher, ScriptedQuarantine } from './doubles.ts';
import { aWorker, inShort, spoiled, type WorkerParts } from './worker.ts';
import { toDelivery } from '../../src/adapters/dynamodb-stream/to-delivery.ts';
import { fleet } from '../../src/fleet/definition.ts';

/** A link row that cannot be decoded, and good ones. */
function someRecords() {
  const table = new SourceTable();
  const link = (serial: string) => table.put(linkRow('1', serial, ['CESSNA', '172', 'C172']));
  return { bad: spoiled(link('bad')), good: link('good'), other: table.put(faaRow('N1')), table, link };
}

/** A worker that notes of which poison it is told. */
function telling(parts: WorkerParts = {}, listener: PoisonListener = () => undefined) {
  const told: PoisonFound[] = [];
  const logger = new RecordingLogger();
  const onPoison: PoisonListener = (poison, context) => {
    told.push(poison);
    return listener(poison, context);
  };
  const quarantineMaxShare = parts.quarantineMaxShare ?? 1;
  return { worker: aWorker({ ...parts, quarantineMaxShare, logger, onPoison }), told, logger };
}

describe('who is told of poison', () => {
  it('given no poison, then nobody is', async () => {
    const { worker, told } = telling();
    await worker.handle(someRecords().good);
    expect(told).to.deep.equal([]);
  });

  it('given poison that blocks, then they are at each delivery, with the record and why, and it blocks all the same', async () => {
    const { bad, good } = someRecords();
    const { worker, told } = telling();
    for (let times = 1; times <= 2; times++)
      expect(inShort((await worker.handle(bad, good)).outcomes)).to.deep.equal(['failed', 'applied']);
    expect(told).to.have.length(2);
    const [{ record, raw, fault, isQuarantined }] = told as [PoisonFound];
    expect(record).to.include({ pk: 'FAA#LINKS', sk: 'MFR_MDL_CODE#1#SN#bad', eventName: 'INSERT' });
    expect(raw).to.deep.equal(bad);
    expect(fault.kind).to.equal('permanent');
    expect(isQuarantined).to.equal(false);
  });

  it('given poison that goes to quarantine, then they are, once, after it is there', async () => {
    const { bad, good } = someRecords();
    const quarantine = new MemoryQuarantine();
    const keptByThen: number[] = [];
    const { worker, told } = telling({ quarantine }, () => keptByThen.push(quarantine.kept.length));
    await worker.handle(bad, good);
    expect(told.map(({ isQuarantined }) => isQuarantined)).to.deep.equal([true]);
    expect(keptByThen).to.deep.equal([1]);
  });

  it('given a listener that changes what it is given, then it changes nothing of the record, or of what is in quarantine', async () => {
    const { bad, good } = someRecords();
    const [asItWas, quarantine] = [structuredClone(bad), new MemoryQuarantine()];
    const { worker } = telling({ quarantine }, (poison) => {
      Object.assign(poison.raw as object, { dynamodb: 'gone' });
      Object.assign(poison.record, { pk: 'gone' });
    });
    await worker.handle(bad, good);
    expect(bad).to.deep.equal(asItWas);
    expect(quarantine.kept[0]!.raw).to.deep.equal(asItWas);
    expect(quarantine.kept[0]!.record.pk).to.equal('FAA#LINKS');
  });

  it('given a record without keys, then they are', async () => {
    const { worker, told } = telling();
    await worker.handle({ dynamodb: {} });
    expect(told.map(({ raw }) => raw)).to.deep.equal([{ dynamodb: {} }]);
  });

  it('given a quarantine that takes nothing, then they are told of the poison, and not of the quarantine', async () => {
    const { bad } = someRecords();
    const refusal = new Fault('transient', 'no room');
    const { worker, told } = telling({ quarantine: new ScriptedQuarantine((all) => all.map(() => refusal)) });
    await worker.handle(bad);
    expect(told.map(({ fault, isQuarantined }) => [fault.kind, isQuarantined])).to.deep.equal([
      ['permanent', false],
    ]);
  });

  it('given more poison than may be kept, then they are told of each', async () => {
    const { link } = someRecords();
    const records = ['1', '2', '3'].map((serial) => spoiled(link(serial)));
    const { worker, told } = telling({ quarantine: new MemoryQuarantine(), quarantineMaxShare: 0.5 });
    await worker.handle(...records);
    expect(told.map(({ raw }) => raw)).to.deep.equal(records);
  });

  it('given poison that only shows once what it waits for is in quarantine, then they are told of it too', async () => {
    const definition = withEffects({
      mails: {
        run: () => {
          throw new Fault('permanent', 'no address');
        },
      },
    });
    const { table } = someRecords();
    const twice = ['a1', 'a2'].map((status) => table.put(orderRow('anna', 'a', { status, total: 1 })));
    const { worker, told } = telling({ definition, quarantine: new MemoryQuarantine() });
    await worker.handle(...twice);
    expect(told.map(({ raw, isQuarantined }) => [raw, isQuarantined])).to.deep.equal(
      twice.map((record) => [record, true]),
    );
  });

  it('given poison behind a change of its item that failed, then they are told when it comes again', async () => {
    const { table } = someRecords();
    const first = table.put(linkRow('1', 'x', ['CESSNA', '172', 'C172']));
    const second = spoiled(table.put(linkRow('1', 'x', ['CESSNA', '182', 'C182'])));
    const down = new ScriptedMatcher({
      load: () => Promise.reject(new Fault('transient', 'down')),
      apply: () => Promise.reject(new Fault('transient', 'down')),
    });
    const { worker, told } = telling({ matcher: down });
    expect(inShort((await worker.handle(first, second)).outcomes)).to.deep.equal(['failed', 'held back']);
    expect(told).to.deep.equal([]);
  });

  for (const [what, listener] of [
    [
      'throws',
      () => {
        throw new Error('no pager');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no pager'))],
  ] as const)
    it(`given that telling ${what}, then that is logged, and all else is as it was`, async () => {
      const { bad, good } = someRecords();
      const { worker, logger } = telling({}, listener);
      expect(inShort((await worker.handle(bad, good)).outcomes)).to.deep.equal(['failed', 'applied']);
      const [line] = logger.of('onPoison failed');
      expect(line).to.include({ sk: 'MFR_MDL_CODE#1#SN#bad' });
      expect(line!['error']).to.have.property('message', 'no pager');
    });

  it('given that telling throws no error, then it is logged in words', async () => {
    const { worker, logger } = telling({}, () => {
      const nothing: unknown = undefined;
      throw nothing;
    });
    await worker.handle(someRecords().bad);
    expect(logger.of('onPoison failed')[0]!['error']).to.have.property('message', 'it threw undefined');
  });

  it('given that telling never ends, then the batch ends when its time is up', async () => {
    const { bad } = someRecords();
    const stop = new AbortController();
    const limit: TimeLimit = { signal: stop.signal, remaining: () => 1_000 };
    let signalled: AbortSignal | undefined;
    const { worker } = telling({}, (_, { signal }) => {
      signalled = signal;
      queueMicrotask(() => stop.abort());
      return new Promise(() => undefined);
    });
    const { outcomes } = await worker.processBatch.execute([toDelivery(bad, fleet.model)], limit);
    expect(inShort(outcomes)).to.deep.equal(['failed']);
    expect(signalled?.aborted).to.equal(true);
  });
});

import { expect } from 'chai';
import { ContainerModule } from 'inversify';
import { MemoryMetrics } from '../../src/adapters/memory/memory-metrics.ts';
import { MemorySearchQueue } from '../../src/adapters/memory/memory-search-queue.ts';
import type { PoisonFound } from '../../src/application/poison-listener.ts';
import { Random } from '../../src/application/ports/random.ts';
import { SearchQueue } from '../../src/application/ports/search-queue.ts';
import { Sleeper } from '../../src/application/ports/sleeper.ts';
import { defineTable } from '../../src/domain/definition/define-table.ts';
import { effect } from '../../src/domain/definition/effect.ts';
import { row } from '../../src/domain/definition/row.ts';
import { createMemoryWorker } from '../../src/entrypoints/memory-worker.ts';
import { FixedRandom, PatientSleeper, RecordingSleeper } from '../application/doubles.ts';
import { faultOf } from '../support/factories.ts';
import { collect } from '../support/collect.ts';
import { imageRecord, linkRecord, registrationRecord, rowRecord } from '../support/stream-records.ts';

const Records = [registrationRecord('N1'), imageRecord('N1', 'A'), linkRecord('1', '172')];

describe('a worker in memory', () => {
  it('given an event, when handled and drained, then everything derived can be read', async () => {
    const { handler, state, drain } = createMemoryWorker({ log: { level: 'silent' } });
    expect(await handler({ Records })).to.deep.equal({ batchItemFailures: [] });
    expect(await collect(state.documents())).to.deep.equal([]);
    const actions = drain().map(({ key }) => key.id);
    expect(actions).to.have.members(['FAA:N1', 'N1:A']);
    expect(drain()).to.deep.equal([]);
    const documents = await collect(state.documents());
    expect(documents.map(({ key }) => key.id)).to.have.members(actions);
    expect(await collect(state.pointers())).to.have.length(1);
    expect(await collect(state.counts())).to.have.length(1);
    expect(await collect(state.rows())).to.have.length(3);
  });

  it('given two workers, when one handles an event, then the other knows nothing of it', async () => {
    const [one, other] = [1, 2].map(() => createMemoryWorker({ log: { level: 'silent' } }));
    await one!.handler({ Records });
    expect(await collect(other!.state.rows())).to.deep.equal([]);
    expect(other!.drain()).to.deep.equal([]);
  });

  it('given a module, when it rebinds a port, then the worker uses that', async () => {
    const queue = new MemorySearchQueue();
    const module = new ContainerModule(({ rebind }) => void rebind(SearchQueue).toConstantValue(queue));
    const { handler, drain } = createMemoryWorker({ log: { level: 'silent' }, modules: [module] });
    await handler({ Records });
    expect(drain()).to.deep.equal([]);
    expect(queue.sent).to.equal(2);
  });

  it('given a definition with an effect that writes with once, then its write is made, once, however often it is delivered', async () => {
    const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' });
    const written: string[] = [];
    const badges = effect(order, { run: ({ key }, { once }) => once(() => written.push(key.order)) });
    const definition = defineTable({
      keys: { partition: 'PK', sort: 'SK' },
      rows: { order },
      derive: { badges },
    });
    const { handler } = createMemoryWorker({ definition, log: { level: 'silent' } });
    const event = { Records: ['1', '2'].map((id) => rowRecord({ PK: 'CUSTOMER#anna', SK: `ORDER#${id}` })) };
    for (let times = 1; times <= 2; times++)
      expect(await handler(event)).to.deep.equal({ batchItemFailures: [] });
    expect(written).to.have.members(['1', '2']).and.to.have.length(2);
  });

  it('given onPoison, when a record can never be handled, then it is told, and the record blocks', async () => {
    const told: PoisonFound[] = [];
    const onPoison = (poison: PoisonFound) => told.push(poison);
    const { handler } = createMemoryWorker({ log: { level: 'silent' }, onPoison });
    const bad = { dynamodb: { SequenceNumber: '7' } };
    expect(await handler({ Records: [bad] })).to.deep.equal({ batchItemFailures: [{ itemIdentifier: '7' }] });
    expect(told.map(({ raw, isQuarantined }) => [raw, isQuarantined])).to.deep.equal([[bad, false]]);
  });

  it('given an onPoison that is no function, then that is refused', () => {
    const { kind, message } = faultOf(() => createMemoryWorker({ onPoison: 'page me' as never }));
    expect([kind, message]).to.deep.equal(['configuration', 'onPoison must be a function, and is a string']);
  });

  it('given an effect with a backoff of its own, then its pauses are that long, and its retries are counted', async () => {
    const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' });
    const mails = effect(order, {
      attempts: 4,
      backoff: { baseMs: 8, capMs: 16 },
      run: (_, { attempt }) => {
        if (attempt < 4) throw new Error('not yet');
      },
    });
    const definition = defineTable({
      keys: { partition: 'PK', sort: 'SK' },
      rows: { order },
      derive: { mails },
    });
    const sleeper = new RecordingSleeper();
    const modules = [
      new ContainerModule(({ rebind }) => {
        void rebind(Sleeper).toConstantValue(
          Object.assign(new PatientSleeper(), {
            // An attempt's time is never up; only pauses end.
            sleep: (milliseconds: number, signal: AbortSignal) =>
              milliseconds < 1_000
                ? sleeper.sleep(milliseconds)
                : new PatientSleeper().sleep(milliseconds, signal),
          }),
        );
        void rebind(Random).toConstantValue(new FixedRandom(0.5));
      }),
    ];
    const { handler, container } = createMemoryWorker({ definition, log: { level: 'silent' }, modules });
    const event = { Records: [rowRecord({ PK: 'CUSTOMER#anna', SK: 'ORDER#1' })] };
    expect(await handler(event)).to.deep.equal({ batchItemFailures: [] });
    expect(sleeper.pauses).to.deep.equal([4, 8, 8]);
    const metrics = container.get(MemoryMetrics);
    expect([metrics.total('mails:retry'), metrics.total('mails:processed')]).to.deep.equal([3, 1]);
  });

  it('given options of the handler, when a record fails, then it does as they say', async () => {
    const { handler } = createMemoryWorker({ log: { level: 'silent' }, failureMode: 'throw' });
    const failed = await handler({ Records: [{}] }).catch((error: unknown) => error);
    expect(failed).to.have.property('message').that.contains('1 of 1 records failed');
  });
});

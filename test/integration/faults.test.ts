import type { DynamoDBRecord } from 'aws-lambda';
import { expect } from 'chai';
import { generateRecords } from '../../src/fleet/feed/generate.ts';
import { FaultInjector } from './fault-injector.ts';
import { DEFAULT_ROW_WRITES, type Interceptor, LINK_MOVES, taskOf } from './fault-wire.ts';
import { FaultWorld } from './fault-world.ts';
import { describeWithServers, sharedServers } from './shared-servers.ts';

function feed(seed: number, records: number, duplicateShare = 0.03): DynamoDBRecord[] {
  return [...generateRecords({ seed, records, fleet: 60, irrelevantShare: 0.05, duplicateShare })];
}

function batchesOf(records: readonly DynamoDBRecord[], size: number): DynamoDBRecord[][] {
  return Array.from({ length: Math.ceil(records.length / size) }, (_, index) =>
    records.slice(index * size, (index + 1) * size),
  );
}

describeWithServers('the worker on AWS, when something fails', () => {
  let world: FaultWorld;

  beforeEach(async () => {
    world = await FaultWorld.create(await sharedServers());
  });

  afterEach(() => world.close());

  for (const { seed, maxAttempts, duplicateShare, shares } of [
    { seed: 1, maxAttempts: 1, duplicateShare: 0, shares: { before: 0.05, after: 0.3 } },
    { seed: 2, maxAttempts: 1, duplicateShare: 0, shares: { before: 0.02, after: 0.6 } },
    { seed: 6, maxAttempts: 1, duplicateShare: 0.1, shares: { before: 0.08, after: 0.4 } },
    { seed: 4, maxAttempts: undefined, duplicateShare: 0, shares: { before: 0.03, after: 0.5 } },
    { seed: 5, maxAttempts: undefined, duplicateShare: 0.1, shares: { before: 0.06, after: 0.45 } },
  ]) {
    const attempts = maxAttempts === undefined ? 'the SDK’s retries' : 'no retries of the SDK';
    it(`given faults by seed ${seed} and ${attempts}, when redelivered until done, then nothing drifts`, async () => {
      const injector = new FaultInjector(seed, shares);
      const worker = world.worker({
        interceptor: injector.interceptor,
        ...(maxAttempts === undefined ? {} : { maxAttempts }),
      });
      let redeliveries = 0;
      for (const batch of batchesOf(feed(seed, 300, duplicateShare), 30)) {
        await world.write(batch);
        redeliveries += (await world.deliver(worker, batch)).counts.redeliveries;
      }
      for (const task of [LINK_MOVES, DEFAULT_ROW_WRITES, 'SendMessageBatch'])
        expect(injector.appliedUnseen(task), task).to.be.greaterThan(0);
      if (maxAttempts === 1) expect(redeliveries).to.be.greaterThan(0);
      await world.expectExact();
      // A repeated record may be the first to send its action, where its batch had sent a newer one.
      if (duplicateShare === 0) await world.expectOrder();
    });
  }

  it('given two workers, when both handle the same batches at once, then nothing is counted twice', async () => {
    const workers = [world.worker(), world.worker()];
    let previous: DynamoDBRecord[] = [];
    for (const batch of batchesOf(feed(11, 500), 100)) {
      await world.write(batch);
      // And one of them the batch before again, late.
      const late = world.deliver(workers[1]!, previous);
      await Promise.all([late, ...workers.map((worker) => world.deliver(worker, batch))]);
      previous = batch;
    }
    await world.expectExact();
  });

  it('given a batch, when handled fifty times, then only the first time changes anything', async () => {
    const writes: string[] = [];
    const record: Interceptor = (request, send) => {
      if (/^(Put|Delete|Update|TransactWrite)/.test(request.operation)) writes.push(taskOf(request));
      return send();
    };
    const worker = world.worker({ interceptor: record });
    const batch = feed(12, 150);
    await world.write(batch);
    await world.deliver(worker, batch);
    expect(writes).to.include.members([LINK_MOVES, DEFAULT_ROW_WRITES]);
    const first = await world.actions();
    const messages = first.length;
    writes.length = 0;
    // What is counted is not as these changes say was: that is refused once, and read from then on.
    await world.deliver(worker, batch);
    expect(new Set(writes)).to.deep.equal(new Set([LINK_MOVES]));
    writes.length = 0;
    for (let round = 0; round < 6; round++)
      await Promise.all(Array.from({ length: 8 }, () => world.deliver(worker, batch)));
    expect(writes).to.deep.equal([]);
    expect(await world.actions()).to.have.length(messages);
    await world.expectExact();
  });
});

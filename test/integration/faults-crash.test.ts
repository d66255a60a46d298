import { expect } from 'chai';
import { type LocalServers, startServers } from '../../local/servers/servers.ts';
import { generateRecords } from '../../src/fleet/feed/generate.ts';
import { DEFAULT_ROW_WRITES, type Interceptor, LINK_MOVES, taskOf } from './fault-wire.ts';
import { FaultWorld } from './fault-world.ts';
import { describeWithServers } from './shared-servers.ts';

const BATCH = 50;

describeWithServers('the worker on AWS, when DynamoDB dies in the middle of a batch', () => {
  let servers: LocalServers;
  let world: FaultWorld;

  before(async () => {
    servers = await startServers({ durable: true, brief: true });
    world = await FaultWorld.create(servers);
  });

  after(async () => {
    await (world as FaultWorld | undefined)?.close();
    await (servers as LocalServers | undefined)?.stop();
  });

  it('given crashes before, during and after writes, when batches come again, then nothing drifts', async function () {
    // Java starts anew three times.
    this.timeout(400_000);
    const { dynamodb } = servers;
    let planned: 'before' | 'during' | 'after' | undefined;
    let target = '';
    let restarted: Promise<void> | undefined;
    const crash = async () => {
      planned = undefined;
      await dynamodb.kill();
      restarted = dynamodb.restart();
    };
    const interceptor: Interceptor = async (request, send) => {
      const moment = taskOf(request) === target ? planned : undefined;
      if (moment === undefined) return send();
      if (moment === 'before') await crash();
      const answer = send();
      if (moment === 'during') {
        // Until then nobody waits for the answer.
        answer.catch(() => undefined);
        await crash();
      } else if (moment === 'after') {
        await answer;
        await crash();
        throw Object.assign(new Error('injected: socket hang up'), { code: 'ECONNRESET' });
      }
      return answer;
    };
    const worker = world.worker({ interceptor, maxAttempts: 1 });

    const records = [...generateRecords({ seed: 51, records: 5 * BATCH, fleet: 60, duplicateShare: 0 })];
    const crashes = [
      undefined,
      [LINK_MOVES, 'after'],
      [DEFAULT_ROW_WRITES, 'before'],
      [LINK_MOVES, 'during'],
      undefined,
    ] as const;
    for (const [index, planOfBatch] of crashes.entries()) {
      const batch = records.slice(index * BATCH, (index + 1) * BATCH);
      await world.write(batch);
      if (planOfBatch !== undefined) [target, planned] = planOfBatch;
      const { counts } = await world.deliver(worker, batch, { pauseMs: 200 });
      expect(planned, 'the crash has happened').to.equal(undefined);
      await restarted;
      if (planOfBatch !== undefined) expect(counts.redeliveries, planOfBatch.join(' ')).to.be.greaterThan(0);
    }
    await world.expectExact();
    await world.expectOrder();
  });
});

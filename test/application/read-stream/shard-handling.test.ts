import { setImmediate as othersHaveRun } from 'node:timers/promises';
import { expect } from 'chai';
import { Gate } from '../../../src/application/read-stream/gate.ts';
import { HeldBytes } from '../../../src/application/read-stream/held-bytes.ts';
import { READ_STREAM_DEFAULTS } from '../../../src/application/read-stream/options.ts';
import { ShardHandling } from '../../../src/application/read-stream/shard-handling.ts';
import { MemoryShardStates } from '../../../src/adapters/memory/memory-shard-states.ts';
import { Frontier } from '../../../src/domain/frontier.ts';
import { Random as Chance } from '../../../src/random/random.ts';
import { Scheduler } from '../../../src/simulation/world/scheduler.ts';
import { FixedRandom } from '../doubles.ts';
import { ModelledSource } from '../../../src/simulation/reader/modelled-source.ts';
import { CountedStream } from './counted-stream.ts';
import { ReaderProcess } from './reader-process.ts';

const record = (sequence: string) => ({ sequence, item: sequence, at: 0, bytes: 1, record: sequence });

describe('the handling of a shard', () => {
  it('given a record that comes at any moment of the end of the one before, then both are handled', async () => {
    for (let later = 0; later < 30; later++) {
      const handled: unknown[] = [];
      const { handling, first } = handlingWith(handled);
      handling.add(record('1'));
      await first;
      for (let n = 0; n < later; n++) await Promise.resolve();
      handling.add(record('2'));
      await othersHaveRun();
      expect(handled, `${later} steps later`).to.deep.equal(['1', '2']);
    }
  });
});

describe('the handling of many shards', () => {
  it('given lanes by the thousand, then those without records take no memory, also after they had some', async () => {
    const options = { ...READ_STREAM_DEFAULTS, parallelizationFactor: 1_024 };
    const before = process.memoryUsage().heapUsed;
    const handled: unknown[] = [];
    const all = Array.from({ length: 400 }, () => handlingWith(handled, options).handling);
    expect(process.memoryUsage().heapUsed - before).to.be.below(40e6);
    for (const [n, handling] of all.entries()) handling.add(record(String(n)));
    await othersHaveRun();
    expect(handled).to.have.length(all.length);
    expect(all.map(({ failures }) => failures).every((failures) => failures === Infinity)).to.equal(true);
  });
});

function handlingWith(handled: unknown[], options = READ_STREAM_DEFAULTS) {
  const scheduler = new Scheduler(0, Chance.of(1));
  const { sleeper, clock, monotonic, logger, owner } = new ReaderProcess('one', scheduler, 0);
  const stream = new CountedStream(() => 0, Chance.of(2), 1);
  const settings = { iteratorMs: 1, listPage: 1, emptyPages: 0, hasChildrenOf: true };
  let isHandled = () => {};
  const first = new Promise<void>((resolve) => (isHandled = resolve));
  const handling = new ShardHandling(
    {
      ...{ sleeper, clock, monotonic, logger, owner, random: new FixedRandom(0.5) },
      source: new ModelledSource(stream, Chance.of(3), settings),
      states: new MemoryShardStates(),
      handle: async (records) => {
        handled.push(...records);
        isHandled();
        return records.map(() => 'done' as const);
      },
    },
    {
      options,
      requests: new Gate(1),
      batches: new Gate(1),
      bytes: new HeldBytes(1_000),
      now: () => 0,
      beganAt: () => 0,
      epochOf: () => 1,
      isHeld: () => true,
      isClosed: () => false,
      isListed: async () => true,
      noteGap: async () => {},
      begun: () => undefined,
      moved: () => {},
      progressed: () => {},
    },
    's',
    new Frontier(undefined),
    () => {},
  );
  return { handling, first };
}

import { expect } from 'chai';
import { MemorySearchActionSource } from '../../src/adapters/memory/memory-search-action-source.ts';
import { MemorySearchQueue } from '../../src/adapters/memory/memory-search-queue.ts';
import { BackPressure } from '../../src/application/back-pressure.ts';
import { again, LATE_MS } from '../../src/application/index-outcome.ts';
import type { IndexProgress } from '../../src/application/index-progress.ts';
import {
  IndexQueue,
  type IndexQueueDependencies,
  type IndexQueueOptions,
} from '../../src/application/index-queue.ts';
import type { ReceivedAction, RefusedAction } from '../../src/application/ports/search-action-source.ts';
import { NO_LIMIT } from '../../src/application/time-limit.ts';
import { Fault } from '../../src/domain/fault.ts';
import { ManualTime } from '../support/manual-time.ts';
import { range } from '../support/range.ts';
import { FixedRandom, RecordingLogger } from './doubles.ts';
import { action, Indexing } from './indexing.ts';

const NEVER = new AbortController().signal;
const VISIBILITY_MS = 4 * LATE_MS;

/** A queue in memory, and processes that drain it into an index of which each call can be made to go wrong. */
class Draining {
  readonly time = new ManualTime();
  readonly indexing = new Indexing();
  readonly queue = new MemorySearchQueue(this.time.clock);
  readonly source = this.receiver();
  readonly logger = new RecordingLogger();
  readonly progress: IndexProgress[] = [];

  receiver(): MemorySearchActionSource {
    const { clock, sleeper } = this.time;
    return new MemorySearchActionSource(this.queue, { clock, sleeper, visibilityMs: VISIBILITY_MS });
  }

  process(
    options: Partial<IndexQueueOptions> = {},
    source = this.source,
    documents: IndexQueueDependencies['documents'] = this.indexing.consumer(),
  ): IndexQueue {
    const { clock, sleeper } = this.time;
    const { logger } = this;
    return new IndexQueue(
      {
        ...{ source, clock, sleeper, logger, random: new FixedRandom(0.5) },
        documents,
        metrics: this.indexing.metrics,
        onProgress: (progress) => this.progress.push(progress),
      },
      { once: true, waitMs: 1_000, receivers: 3, ...options },
    );
  }

  async send(count: number, model = '172', from = 1): Promise<void> {
    for (const n of range(count)) await this.queue.send([action(`N${n}`, from + n, model)]);
  }

  /** How many documents each import had. */
  get imports(): readonly number[] {
    return this.indexing.imports.map((each) => each.split(',').length);
  }

  figure(name: string): number {
    return this.indexing.metrics.batches
      .flatMap(({ metrics }) => [...metrics])
      .reduce((sum, [other, value]) => sum + (other === name ? value : 0), 0);
  }
}

/** The first calls answer so, for all of their writes; the others as they should. */
function failingFirst(world: Draining, ...faults: Fault[]) {
  let calls = 0;
  world.indexing.hooks.apply = async (_, writes) => {
    const fault = faults[calls++];
    return fault === undefined ? undefined : writes.map(() => fault);
  };
}

describe('IndexQueue', () => {
  it('given messages, when it runs once, then it indexes all of them and ends', async () => {
    const world = new Draining();
    await world.send(120);
    const progress = await world.process().run(NEVER);
    expect(progress).to.include({ received: 120, written: 120, held: 0, isDown: false });
    expect(world.queue.groups.size).to.equal(0);
    expect(await world.indexing.modelOf('N119')).to.equal('172');
    expect(world.progress.at(-1)).to.include({ written: 120 });
  });

  it('given a source that gives ten at a time, then imports are larger', async () => {
    const world = new Draining();
    await world.send(300);
    await world.process({ receivers: 8 }).run(NEVER);
    expect(world.imports.length).to.be.at.most(6);
  });

  it('given many messages of two collections, then imports of one go out one after the other, and others meanwhile', async () => {
    const world = new Draining();
    for (const n of range(60)) {
      const one = action(`N${n}`, n + 1, '172');
      await world.queue.send([one, { ...one, key: { ...one.key, collection: 'other' } }]);
    }
    const under = new Set<string>();
    let together = 0;
    world.indexing.hooks.apply = async (collection) => {
      expect(under.has(collection), `another import into ${collection}`).to.equal(false);
      under.add(collection);
      if (under.size > 1) together++;
      await world.time.sleeper.sleep(500, NEVER);
      under.delete(collection);
      return undefined;
    };
    const { written } = await world.process({ receivers: 8, batchMax: 10 }).run(NEVER);
    expect(written).to.equal(120);
    expect(world.imports.length).to.be.at.least(12);
    expect(together, 'imports of both at once').to.be.above(0);
  });

  it('given a batch that becomes whole while it waits, then it is sent at once', async () => {
    const world = new Draining();
    await world.send(30);
    const from = world.time.clock.now();
    let sentAt = Infinity;
    world.indexing.hooks.apply = async () => {
      sentAt = Math.min(sentAt, world.time.clock.now());
      return undefined;
    };
    await world.process({ receivers: 1, batchMax: 20, lingerMs: 10 * LATE_MS }).run(NEVER);
    // Time passes for whoever keeps the messages from others.
    expect(sentAt - from).to.be.below(LATE_MS);
    expect(world.imports).to.deep.equal([20, 10]);
  });

  it('given an empty queue, when it runs once, then it ends', async () => {
    expect(await new Draining().process().run(NEVER)).to.include({ received: 0, written: 0 });
  });

  for (const once of [true, false])
    it(`given a source that does not wait, and ${once ? 'one run' : 'no end'}, then it is not asked again and again`, async () => {
      const world = new Draining();
      await world.send(20);
      const [source, stop] = [world.receiver(), new AbortController()];
      const receive = source.receive.bind(source);
      let calls = 0;
      source.receive = (options) => {
        // Otherwise nothing else would ever get its turn.
        if (++calls > 1_000) stop.abort();
        return receive(options);
      };
      let isImporting = false;
      world.indexing.hooks.apply = async () => {
        isImporting = true;
        await world.time.sleeper.sleep(3_000, NEVER);
        isImporting = false;
        if (!once) stop.abort();
        return undefined;
      };
      const progress = await world.process({ once, waitMs: 0 }, source).run(stop.signal);
      expect(progress).to.include({ written: 20, held: 0 });
      expect(isImporting).to.equal(false);
      expect(calls).to.be.within(4, 200);
    });

  it('given a document with several messages, then one import has the newest, and all are acknowledged', async () => {
    const world = new Draining();
    for (const n of range(5)) await world.queue.send([action('N1', n + 1, `model ${n}`)]);
    expect(await world.process().run(NEVER)).to.include({ written: 1, superseded: 4 });
    expect(world.queue.groups.size).to.equal(0);
    expect(await world.indexing.modelOf('N1')).to.equal('model 4');
  });

  it('given a write without an answer, then it is tried again once that can no longer take effect', async () => {
    const world = new Draining();
    await world.send(3);
    failingFirst(world, new Fault('transient', 'no answer'));
    const times: number[] = [];
    const { apply } = world.indexing.hooks;
    world.indexing.hooks.apply = (...call) => {
      times.push(world.time.clock.now());
      return apply?.(...call);
    };
    expect(await world.process().run(NEVER)).to.include({ written: 3, failed: 3, received: 3 });
    expect((times[1] ?? 0) - (times[0] ?? 0)).to.be.at.least(LATE_MS);
    expect(world.queue.groups.size).to.equal(0);
  });

  it('given a document that is refused for good, then its message is given back, and others are done', async () => {
    const world = new Draining();
    await world.send(3);
    world.indexing.hooks.applied = (writes, results) =>
      results.map((result, n) => (writes[n]?.id === 'FAA:N1' ? new Fault('permanent', 'refused') : result));
    expect(await world.process().run(NEVER)).to.include({ written: 2, refused: 1, held: 0 });
    expect(await world.source.receive({ max: 10, waitMs: 0 }), 'hidden for now').to.deep.equal([]);
    await world.time.pass(60_000);
    const [back] = await world.source.receive({ max: 10, waitMs: 0 });
    expect(back).to.include({ receives: 2 });
  });

  it('given a source that keeps dead letters, when a document is refused for good, then it is given that with its reason', async () => {
    const world = new Draining();
    await world.send(3);
    world.indexing.hooks.applied = (writes, results) =>
      results.map((result, n) => (writes[n]?.id === 'FAA:N1' ? new Fault('permanent', 'refused') : result));
    const kept: string[] = [];
    class Keeping extends MemorySearchActionSource {
      override async refuse(refused: readonly RefusedAction[]) {
        kept.push(...refused.map(({ received, fault }) => `${received.group}: ${fault.message}`));
        return this.acknowledge(refused.map(({ received }) => received));
      }
    }
    const { clock, sleeper } = world.time;
    const source = new Keeping(world.queue, { clock, sleeper, visibilityMs: VISIBILITY_MS });
    expect(await world.process({}, source).run(NEVER)).to.include({ written: 2, refused: 1, held: 0 });
    expect(kept).to.have.length(1);
    expect(kept[0]).to.match(/N1.*: refused$/);
    expect(world.queue.groups.size).to.equal(0);
  });

  it('given back-pressure, then it pauses for as long as it is asked, and sends less', async () => {
    const world = new Draining();
    await world.send(64);
    failingFirst(world, new BackPressure('503', 5_000), new BackPressure('503', 5_000));
    const from = world.time.clock.now();
    const progress = await world.process({ batchMax: 64 }).run(NEVER);
    expect(progress).to.include({ written: 64, received: 64 });
    expect(world.figure('BackPressurePauses')).to.equal(2);
    expect(world.time.clock.now() - from).to.be.at.least(10_000);
    expect(Math.min(...world.imports)).to.be.at.most(16);
    expect(world.imports.reduce((sum, each) => sum + each)).to.be.at.least(64);
  });

  it('given an engine that is down, then it receives one message a receiver after each pause, and goes on when that is back', async () => {
    const world = new Draining();
    await world.send(5);
    let calls = 0;
    world.indexing.hooks.apply = async (_, writes) => {
      // Once it is down, much more is sent.
      if (++calls === 4) await world.send(500, '182', 10);
      return calls > 10 ? undefined : writes.map(() => new Fault('transient', 'connection refused'));
    };
    const progress = await world.process().run(NEVER);
    expect(progress).to.include({ received: 505, held: 0, isDown: false });
    expect(world.queue.groups.size).to.equal(0);
    const whileDown = world.progress.filter(({ isDown }) => isDown).map(({ received }) => received);
    expect(whileDown.length).to.be.at.least(7);
    expect(Math.max(...whileDown), 'received meanwhile').to.be.within(6, 5 + 3 * whileDown.length);
  });

  it('given one message that fails for ever, then others are received and done, and it is given back, counted', async () => {
    const world = new Draining();
    await world.send(1);
    world.indexing.hooks.applied = (writes, results) =>
      results.map((result, n) => (writes[n]?.id === 'FAA:N0' ? new Fault('transient', 'it fails') : result));
    const stop = new AbortController();
    const run = world.process({ once: false }).run(stop.signal);
    // By itself it looks like an engine that is down.
    while (world.progress.at(-1)?.isDown !== true && world.progress.length < 100) await world.time.pass(0);
    for (const n of range(30)) {
      await world.queue.send([action(`N${n + 1}`, 1, '172')]);
      await world.time.pass(60_000);
      for (let turns = 0; turns < 50; turns++) await world.time.pass(0);
    }
    stop.abort();
    const progress = await run;
    expect(progress).to.include({ written: 30, held: 0 });
    expect(progress.givenBack).to.be.at.least(1);
    expect(world.queue.groups.size).to.equal(1);
  });

  it('given a collection of which a setting is wrong, then it takes a quarter of what may be held, and others are done', async () => {
    const world = new Draining();
    for (const n of range(60)) {
      const key = { collection: 'unknown', id: `x${n}` };
      await world.queue.send([{ ...action(`X${n}`, 1, '172'), key }]);
    }
    await world.send(40);
    const stop = new AbortController();
    let held = 0;
    world.indexing.hooks.apply = async (collection, writes) =>
      collection === 'unknown' ? writes.map(() => new Fault('configuration', 'no collection')) : undefined;
    const run = world.process({ once: false, heldMax: 40 }).run(stop.signal);
    for (let turns = 0; turns < 5_000 && world.progress.at(-1)?.written !== 40; turns++) {
      await world.time.pass(0);
      held = Math.max(held, world.progress.at(-1)?.held ?? 0);
    }
    stop.abort();
    const progress = await run;
    expect(progress).to.include({ written: 40 });
    expect(progress.givenBack).to.be.at.least(20);
  });

  it('given a message that takes long, then it is kept from others', async () => {
    const world = new Draining();
    await world.send(1);
    const other = world.receiver();
    let seen = 0;
    failingFirst(world, ...range(8).map(() => new Fault('transient', 'no answer')));
    const run = world.process().run(NEVER);
    const from = world.time.clock.now();
    for (let ended = false; !ended; seen += (await other.receive({ max: 1, waitMs: 0 })).length)
      ended = await Promise.race([run.then(() => true), world.time.pass(0).then(() => false)]);
    expect(world.time.clock.now() - from).to.be.above(VISIBILITY_MS);
    expect(seen).to.equal(0);
    expect(world.queue.groups.size).to.equal(0);
  });

  it('given that somebody else has a message by now, which waits here, then it is left to them', async () => {
    const world = new Draining();
    await world.send(2);
    const [conflict, calls] = [new Fault('conflict', 'somebody else has it'), [] as number[]];
    const source = world.receiver();
    source.extend = async (received) => {
      calls.push(received.length);
      return received.map(() => conflict);
    };
    const held = world.process({ lingerMs: VISIBILITY_MS, batchMax: 10 }, source);
    expect(await held.run(NEVER)).to.include({ received: 2, written: 0, held: 0 });
    expect(calls).to.deep.equal([2]);
  });

  it('given messages that cannot be kept any longer, while they are written, then nothing more is sent for them', async () => {
    const world = new Draining();
    await world.send(2);
    const source = world.receiver();
    source.extend = async (received) => received.map(() => new Fault('transient', 'no route'));
    const from = world.time.clock.now();
    let abortedAt: number | undefined;
    const documents = {
      execute: async (received: readonly ReceivedAction[], limit = NO_LIMIT) => {
        const { clock, sleeper } = world.time;
        for (let turns = 0; turns < 1_000 && !limit.signal.aborted; turns++)
          await sleeper.sleep(1_000, limit.signal);
        abortedAt ??= clock.now() - from;
        return {
          outcomes: received.map(() => again(new Fault('transient', 'no time'), true)),
          unrepaired: [],
        };
      },
    };
    const stop = new AbortController();
    const run = world.process({ once: false }, source, documents).run(stop.signal);
    for (let turns = 0; turns < 2_000 && abortedAt === undefined; turns++) await world.time.pass(0);
    stop.abort();
    await run;
    // What is sent until then has as long as it can take.
    expect(abortedAt).to.be.within(LATE_MS, VISIBILITY_MS);
  });

  it('given a source that fails, then it goes on receiving', async () => {
    const world = new Draining();
    await world.send(5);
    const source = world.receiver();
    const receive = source.receive.bind(source);
    let calls = 0;
    source.receive = (options) =>
      ++calls < 4 ? Promise.reject(new Fault('transient', 'no route')) : receive(options);
    expect(await world.process({}, source).run(NEVER)).to.include({ written: 5 });
    expect(world.logger.of('nothing received from the search queue')).to.have.length(3);
  });

  it('given acknowledgements that fail, then it says so, and the messages come again, and the documents are repaired', async () => {
    const world = new Draining();
    await world.send(5);
    const source = world.receiver();
    const acknowledge = source.acknowledge.bind(source);
    source.acknowledge = () => Promise.reject(new Fault('transient', 'no route'));
    expect(await world.process({}, source).run(NEVER)).to.include({ written: 5 });
    expect(world.logger.of('messages of the search queue not acknowledged')).to.have.length(1);
    source.acknowledge = acknowledge;
    await world.time.pass(VISIBILITY_MS);
    expect(await world.process({}, source).run(NEVER)).to.include({ repaired: 5 });
  });

  it('when it is stopped, then what was begun ends, and the rest is given back at once', async () => {
    const world = new Draining();
    await world.send(40);
    const stop = new AbortController();
    world.indexing.hooks.apply = async () => {
      stop.abort();
      return undefined;
    };
    const progress = await world.process({ once: false, batchMax: 10 }).run(stop.signal);
    expect(progress).to.include({ written: 10, held: 0 });
    let left = 0;
    for (let more = 1; more > 0; left += more)
      more = (await world.source.receive({ max: 10, waitMs: 0 })).length;
    expect(left).to.equal(30);
  });

  it('given a key that is refused until somebody mends it, then no message goes back meanwhile', async () => {
    const world = new Draining();
    await world.send(20);
    const mended = world.time.clock.now() + 3_600_000;
    const stop = new AbortController();
    world.indexing.hooks.apply = async (_, writes) => {
      if (world.time.clock.now() < mended)
        return writes.map(() => new Fault('configuration', 'the key is refused'));
      stop.abort();
      return undefined;
    };
    const progress = await world.process({ once: false }).run(stop.signal);
    expect(progress).to.include({ written: 20, received: 20, givenBack: 0 });
    expect(world.queue.groups.size).to.equal(0);
  });

  it('given messages that are hidden too briefly, then it does not begin', async () => {
    const world = new Draining();
    const { clock, sleeper } = world.time;
    const source = new MemorySearchActionSource(world.queue, { clock, sleeper, visibilityMs: LATE_MS });
    const fault = await world
      .process({}, source)
      .run(NEVER)
      .catch((error: unknown) => error);
    expect(fault).to.have.property('kind', 'configuration');
  });
});

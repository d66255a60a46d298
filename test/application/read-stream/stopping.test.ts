import { expect } from 'chai';
import type { ShardStates } from '../../../src/application/ports/shard-states.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { callsOf, nameOf, Readers, timesOf } from './readers.ts';

const ONE = 'shard-0001';
const DOWN = new Fault('transient', 'down');

function oneShard(items: string): Readers {
  const world = new Readers();
  world.stream.open(1);
  world.write(items);
  return world;
}

describe('ReadStream, how it ends', () => {
  it('when it is stopped, then what has begun ends, nothing else begins, and its frontier is saved', async () => {
    const world = oneShard('abcd');
    let batches = 0;
    const one = world.start(
      { batchSize: 2, saveMs: 60_000 },
      {
        handle: async (records) => {
          batches++;
          await one.process.sleep(5_000);
          return records.map((record) => world.done(record));
        },
      },
    );
    await world.pass(2_000);
    one.process.stop.abort();
    await world.pass(6_000);
    expect(batches).to.equal(1);
    expect(one.result).to.include({ handled: 2, unhandled: 2, isEndOfStream: false });
    expect((await world.state(ONE))!.frontier).to.equal(world.stream.written[1]!.sequence);
    expect(await world.owners()).to.deep.equal({});
    const calls = one.calls.length;
    await world.pass(60_000);
    expect(one.calls).to.have.length(calls);
  });

  it('when it is stopped, and a handler does not answer, then it ends within the stated time all the same', async () => {
    const world = oneShard('a');
    let told = 0;
    const one = world.start(
      { stopMs: 8_000 },
      {
        handle: (_, { signal }) => {
          signal.addEventListener('abort', () => (told = world.now));
          return new Promise(() => {});
        },
      },
    );
    await world.pass(2_000);
    one.process.stop.abort();
    await world.pass(7_900);
    expect(one.result).to.equal(undefined);
    await world.pass(2_000);
    expect(told).to.be.within(10_000, 10_100);
    expect(one.result).to.include({ handled: 0, unhandled: 1 });
    expect(await world.owners()).to.deep.equal({});
  });

  it('when it is stopped while the states cannot be reached, then it ends within some seconds, and says what is lost', async () => {
    const world = oneShard('a');
    const down = () => Promise.reject(DOWN);
    let isDown = false;
    const one = world.start(
      { saveMs: 3_600_000 },
      {
        states: (inner) => {
          const { advance, release } = inner;
          return {
            advance: (...call) => (isDown ? down() : advance(...call)),
            release: (...call) => (isDown ? down() : release(...call)),
          } satisfies Partial<ShardStates>;
        },
      },
    );
    await world.pass(2_000);
    isDown = true;
    one.process.stop.abort();
    await world.pass(7_000);
    expect(one.result).to.include({ handled: 1 });
    const messages = one.process.lines.map(({ message }) => message);
    expect(messages)
      .to.include('frontiers could not be saved')
      .and.to.include('leases could not be given back');
  });

  it('when it is stopped while the states cannot be reached for a moment, then all is saved and given back', async () => {
    const world = oneShard('a');
    const down = () => Promise.reject(DOWN);
    let isDown = false;
    const one = world.start(
      { saveMs: 3_600_000 },
      {
        states: ({ advance, release }) => ({
          advance: (...call) => (isDown ? down() : advance(...call)),
          release: (...call) => (isDown ? down() : release(...call)),
        }),
      },
    );
    await world.pass(2_000);
    isDown = true;
    one.process.stop.abort();
    await world.pass(1_000);
    isDown = false;
    await world.pass(1_000);
    expect(one.result).to.include({ handled: 1 });
    expect((await world.state(ONE))!.frontier).to.equal(world.stream.written[0]!.sequence);
    expect(await world.owners()).to.deep.equal({});
  });

  it('when it is stopped while requests to the states have no answer, then it ends within the stated time', async () => {
    for (const hanging of ['renew', 'load', 'advance', 'gaps'] as const) {
      const world = oneShard('a');
      let isDown = false;
      /** As a client does: without an answer until it is aborted. */
      const hang = (signal: AbortSignal | undefined): Promise<never> =>
        new Promise((_, reject) => {
          if (signal?.aborted === true) reject(DOWN);
          signal?.addEventListener('abort', () => reject(DOWN));
        });
      const one = world.start(
        { stopMs: 8_000, listMs: 1_000 },
        {
          states: ({ renew, load, advance, gaps }) => ({
            renew: (...call) => (isDown && hanging === 'renew' ? hang(call[3]) : renew(...call)),
            load: (...call) => (isDown && hanging === 'load' ? hang(call[1]) : load(...call)),
            advance: (...call) => (isDown && hanging === 'advance' ? hang(call[2]) : advance(...call)),
            gaps: (...call) => (isDown && hanging === 'gaps' ? hang(call[1]) : gaps(...call)),
          }),
        },
      );
      await world.pass(500);
      isDown = true;
      world.write('b');
      await world.pass(6_000);
      one.process.stop.abort();
      await world.pass(13_100);
      expect(one.result, hanging).not.to.equal(undefined);
    }
  });

  it('when it is stopped before it has begun, then it does nothing', async () => {
    const world = oneShard('a');
    const one = world.start();
    one.process.stop.abort();
    await world.pass(10_000);
    expect(one.result).to.include({ handled: 0 });
    expect(world.handled).to.deep.equal([]);
  });

  it('when it is stopped while the stream cannot be listed, then it ends at once', async () => {
    const world = oneShard('a');
    const one = world.start({}, { source: () => ({ list: () => Promise.reject(DOWN) }) });
    await world.pass(10_000);
    one.process.stop.abort();
    await world.pass(100);
    expect(one.result).to.include({ handled: 0 });
  });
});

describe('ReadStream, once', () => {
  it('given shards and children, then it ends when all that there was is handled, and leaves its frontiers', async () => {
    const world = new Readers({ emptyPages: 0.3 });
    world.stream.open(3);
    world.write('abcdefghijklmnop');
    world.stream.roll(world.stream.shards[0]!, true);
    world.write('abcdefghijklmnop');
    const one = world.start({ once: true });
    await world.pass(12_000);
    expect(one.result).to.include({ handled: 32, unhandled: 0 });
    expect(await world.owners()).to.deep.equal({});
    const two = world.start({ once: true }, {}, 'two');
    await world.pass(12_000);
    expect(two.result).to.include({ handled: 0 });
  });

  it('given a first listing that breaks off, then it waits for a whole one', async () => {
    const world = new Readers({ listPage: 1 });
    world.stream.open(3);
    world.write('abcdefghij');
    const one = world.start(
      { once: true },
      {
        source: ({ list }) => ({
          list: (request, signal) =>
            request.after !== undefined && world.now < 5_000 ? Promise.reject(DOWN) : list(request, signal),
        }),
      },
    );
    await world.pass(30_000);
    expect(one.result).to.include({ handled: 10 });
  });

  it('given a table that is written all the time, then it ends all the same', async () => {
    const world = oneShard('a');
    const one = world.start({ once: true });
    for (let n = 0; n < 20; n++) {
      world.write('ab');
      await world.pass(1_000);
    }
    expect(one.result).not.to.equal(undefined);
    expect(world.handled).to.include('a1');
  });

  for (const skewMs of [-3_600_000, 3_600_000])
    it(`given a clock that is an hour ${skewMs < 0 ? 'slow' : 'fast'}, then it reads what there was, and ends all the same`, async () => {
      const world = new Readers();
      world.stream.open(1);
      for (let n = 0; n < 6; n++) {
        world.write('ab');
        await world.pass(20_000);
      }
      const one = world.start({ once: true, pageSize: 2 }, { skewMs });
      for (let n = 0; n < 20; n++) {
        world.write('c');
        await world.pass(1_000);
      }
      expect(one.result).not.to.equal(undefined);
      expect(world.handled).to.include.members(['a6', 'b6', 'c1']);
    });

  it('given a record that cannot be handled, then it is tried so often, and left', async () => {
    const world = oneShard('abac');
    let attempts = 0;
    const one = world.start(
      { once: true, onceAttempts: 3 },
      {
        handle: async (records) =>
          records.map((record) => {
            if (nameOf(record).startsWith('a')) {
              if (nameOf(record) === 'a1') attempts++;
              return DOWN;
            }
            return world.done(record);
          }),
      },
    );
    await world.pass(20_000);
    expect(attempts).to.equal(3);
    expect(one.result).to.include({ handled: 2, unhandled: 2 });
    expect((await world.state(ONE))!.frontier).to.equal(undefined);
  });

  it('given shards that another process reads, then they are left to it', async () => {
    const world = new Readers();
    world.stream.open(2);
    world.start({}, {}, 'other');
    await world.pass(5_000);
    world.write('abcdefgh');
    const one = world.start({ once: true });
    await world.pass(40_000);
    expect(one.result).not.to.equal(undefined);
    expect(world.handled).to.have.length(8);
  });

  it('given shards of a process that is gone, then they are taken over first', async () => {
    const world = new Readers();
    world.stream.open(2);
    const gone = world.start({}, {}, 'other');
    await world.pass(5_000);
    gone.process.alive = false;
    await world.pass(10);
    world.write('abcdefgh');
    const one = world.start({ once: true });
    await world.pass(40_000);
    expect(one.result).to.include({ handled: 8 });
  });

  it('given a closed shard with many empty pages, then it is read to its end', async () => {
    const world = oneShard('a');
    world.stream.roll(world.stream.leaves[0]!, false);
    world.write('b');
    let empty = 30;
    const one = world.start(
      { once: true },
      {
        source: ({ records }) => ({
          records: async (iterator, ...call) =>
            iterator.includes(ONE) && empty-- > 0
              ? { is: 'page', records: [], next: iterator }
              : records(iterator, ...call),
        }),
      },
    );
    await world.pass(30_000);
    expect(one.result).to.include({ handled: 2, unhandled: 0 });
  });

  it('given a process that was seen to renew, and is gone since, then its shards are taken over first', async () => {
    const world = new Readers();
    world.stream.open(1);
    const other = world.start({ listMs: 3_600_000 }, {}, 'other');
    await world.pass(5_000);
    world.stream.open(1);
    // Those of the second shard take it 40 seconds.
    const one = world.start({ once: true, quietPages: 200 });
    await world.pass(34_000);
    other.process.alive = false;
    world.write('a');
    await world.pass(60_000);
    expect(one.result).to.include({ handled: 1 });
  });

  it('given a shard that is read again after its lease was lost, then what is handled then is not counted as left', async () => {
    const world = oneShard('ab');
    let isDown = true;
    const one = world.start(
      { once: true, onceAttempts: 50, retryMs: 500 },
      { handle: async (records) => records.map((record) => (isDown ? DOWN : world.done(record))) },
    );
    await world.pass(2_000);
    const [held] = await world.states.claim(world.stream.arn, [{ shard: ONE, epoch: 1 }], 'two');
    await world.states.release(world.stream.arn, [{ shard: ONE, epoch: held!.lease.epoch }], 'two');
    await world.pass(4_000);
    isDown = false;
    await world.pass(30_000);
    expect(one.result).to.include({ handled: 2, unhandled: 0 });
  });

  it('given a right that is missing, then it says so after some attempts, and gives its leases back', async () => {
    for (const refused of ['iterator', 'records'] as const) {
      const world = oneShard('a');
      const fault = new Fault('configuration', `no right to ${refused}`);
      const one = world.start(
        { once: true, onceAttempts: 3 },
        { source: () => ({ [refused]: () => Promise.reject(fault) }) },
      );
      await world.pass(10_000);
      expect(one.error, refused).to.equal(fault);
      expect(callsOf(one, refused), refused).to.have.length(3);
      expect(await world.owners(), refused).to.deep.equal({});
    }
  });

  it('given a right that is missing for moments, then all is read', async () => {
    const world = oneShard('a');
    let calls = 0;
    const one = world.start(
      { once: true, onceAttempts: 3 },
      {
        source: ({ records }) => ({
          records: (...call) =>
            calls++ % 3 < 2 ? Promise.reject(new Fault('configuration', 'no right')) : records(...call),
        }),
      },
    );
    await world.pass(10_000);
    expect(one.result).to.include({ handled: 1 });
  });
});

describe('ReadStream, how often it asks', () => {
  it('given an idle hour, then a shard is asked for records every two seconds, and for shards every minute', async () => {
    const world = oneShard('');
    const one = world.start();
    await world.pass(60_000);
    one.calls.length = 0;
    await world.pass(600_000);
    expect(callsOf(one, 'records').length).to.be.within(280, 310);
    expect(callsOf(one, 'list').length).to.be.within(8, 12);
  });

  it('given records without end, then a shard is asked five times a second, not more', async () => {
    const world = oneShard('abcdefghij'.repeat(40));
    const one = world.start({ pageSize: 2 });
    await world.pass(1_000);
    one.calls.length = 0;
    await world.pass(10_000);
    expect(callsOf(one, 'records').length).to.be.within(48, 51);
  });

  it('given a record after a quiet time, then it is handled within the longest pause, and the next soon after', async () => {
    const world = oneShard('');
    world.start();
    await world.pass(30_000);
    world.write('a');
    const from = world.now;
    while (world.handled.length === 0) await world.pass(10);
    expect(world.now - from).to.be.below(2_050);
    world.write('b');
    await world.pass(450);
    expect(world.handled).to.deep.equal(['a1', 'b1']);
  });

  it('given many pages of shards, then not more than five are asked for in a second', async () => {
    const world = new Readers({ listPage: 1 });
    world.stream.open(20);
    const one = world.start();
    await world.pass(10_000);
    const times = timesOf(one, 'list');
    expect(times).to.have.length(20);
    expect(times.at(-1)! - times[0]!).to.be.at.least(19 * 200);
  });
});

describe('ReadStream, what it tells of itself', () => {
  it('given records that wait, then it tells how old the oldest is, and when something last went well', async () => {
    const world = oneShard('a');
    let isDown = true;
    const one = world.start(
      {},
      {
        handle: async (records) => records.map((record) => (isDown ? DOWN : world.done(record))),
      },
    );
    expect(one.reader.status).to.include({ isReady: false, lastProgressAt: undefined, lagMs: undefined });
    await world.pass(30_000);
    const { status } = one.reader;
    expect(status.lagMs).to.be.within(29_900, 30_000);
    expect(status.lastProgressAt).to.be.above(world.scheduler.now - 3_000);
    expect(status).to.include({ isReady: true, handled: 0, open: 1, isSwitchedOff: false });
    isDown = false;
    await world.pass(30_000);
    expect(one.reader.status).to.include({ lagMs: 0, handled: 1 });
  });

  it('given a clock that is an hour slow or fast, then it tells how old records are all the same', async () => {
    for (const skewMs of [-3_600_000, 3_600_000]) {
      const world = oneShard('a');
      const one = world.start({}, { skewMs, handle: async () => [DOWN] });
      await world.pass(30_000);
      expect(one.reader.status.lagMs).to.be.within(29_000, 31_000);
    }
  });

  it('given a stream that cannot be read, then nothing goes well', async () => {
    const world = oneShard('a');
    let isDown = false;
    const down =
      <Call extends unknown[], T>(call: (...args: Call) => Promise<T>) =>
      (...args: Call) =>
        isDown ? Promise.reject(DOWN) : call(...args);
    const one = world.start(
      {},
      {
        source: ({ records }) => ({ records: down(records) }),
        states: ({ load, renew }) => ({ load: down(load), renew: down(renew) }),
      },
    );
    await world.pass(5_000);
    isDown = true;
    await world.pass(60_000);
    expect(one.reader.status.lastProgressAt).to.be.below(world.scheduler.now - 55_000);
  });

  it('given shards that cannot be read any more, while leases can, then it does not tell that all is well', async () => {
    const world = oneShard('a');
    let isDown = false;
    const one = world.start(
      { retryMs: 2_000 },
      {
        source: ({ records }) => ({
          records: (...call) => (isDown ? Promise.reject(DOWN) : records(...call)),
        }),
      },
    );
    await world.pass(5_000);
    expect(one.reader.status).to.include({ lagMs: 0, isReady: true });
    isDown = true;
    await world.pass(60_000);
    expect(one.reader.status.lagMs).to.be.within(58_000, 62_000);
    expect(one.reader.status.lastProgressAt).to.be.below(world.scheduler.now - 55_000);
    isDown = false;
    await world.pass(5_000);
    expect(one.reader.status.lagMs).to.equal(0);
  });

  it('given leases that cannot be looked at any more, then it does not take part until they can', async () => {
    const world = oneShard('a');
    let isDown = false;
    const one = world.start(
      {},
      { states: ({ load }) => ({ load: (...call) => (isDown ? Promise.reject(DOWN) : load(...call)) }) },
    );
    await world.pass(5_000);
    isDown = true;
    await world.pass(12_000);
    expect(one.reader.status).to.include({ isReady: false });
    isDown = false;
    await world.pass(5_000);
    expect(one.reader.status).to.include({ isReady: true });
  });

  it('given a process without a shard, or one whose shard holds as much as it may, then all goes well', async () => {
    const world = oneShard('ab');
    const fails = { handle: async (records: readonly unknown[]) => records.map(() => DOWN) };
    const started = [world.start({ aheadMax: 2 }, fails)];
    await world.pass(1_000);
    started.push(world.start({}, fails, 'two'));
    await world.pass(120_000);
    for (const { reader } of started)
      expect(reader.status.lastProgressAt).to.be.above(world.scheduler.now - 10_000);
  });
});

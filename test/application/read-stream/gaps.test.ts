import { expect } from 'chai';
import type { ShardStates } from '../../../src/application/ports/shard-states.ts';
import type { StreamSource } from '../../../src/application/ports/stream-source.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { callsOf, Readers } from './readers.ts';

const ONE = 'shard-0001';
const DOWN = new Fault('transient', 'down');
const LOST = 'records of the stream are lost';

/** A reader that handled the first record and is gone, until that and what follows has left the stream. */
async function lateWorld(then: (world: Readers) => void | Promise<void> = () => {}): Promise<Readers> {
  const world = new Readers({ retentionMs: 60_000 });
  world.stream.open(1);
  world.write('a');
  const one = world.start();
  await world.pass(2_000);
  one.process.stop.abort();
  await world.pass(2_000);
  world.write('bc');
  await then(world);
  await world.pass(70_000);
  return world;
}

describe('ReadStream, what it does about records that nobody can read any more', () => {
  it('given a trimmed position, then a gap is noted, loudly, before reading goes on from the horizon', async () => {
    const world = await lateWorld();
    world.write('d');
    const noted: string[][] = [];
    const two = world.start(
      {},
      {
        states: (inner) => {
          const noteGaps = inner.noteGaps;
          return {
            noteGaps: async (...call) => {
              await noteGaps(...call);
              noted.push([...callsOf(two, 'iterator')]);
            },
          } satisfies Partial<ShardStates>;
        },
      },
      'two',
    );
    await world.pass(3_000);
    const [first] = world.stream.written;
    const { at, ...gap } = (await world.gaps())[0]!;
    expect(gap).to.deep.equal({ shard: ONE, reason: 'trimmed', after: first!.sequence });
    expect(at).to.be.closeTo(world.scheduler.now, 3_000);
    expect([...new Set(noted.flat())]).to.deep.equal([`iterator shard-0001 after ${first!.sequence}`]);
    expect(world.handled).to.deep.equal(['a1', 'd1']);
    const line = two.process.lines.find(({ message }) => message === LOST);
    expect(line).to.have.property('level', 'error');
    expect(line!.fields['do']).to.match(/verify/);
    expect(two.reader.status.gaps).to.have.length(1);
  });

  it('given a position that is trimmed by one answer, as of a new table of DynamoDB Local, then it is asked again, and no gap is noted', async () => {
    for (const method of ['iterator', 'records'] as const) {
      const world = new Readers({ beginnings: 'listed' });
      world.stream.open(1);
      let failures = 3;
      world.start(
        { from: 'beginning' },
        {
          source: (inner) => {
            const call = inner[method] as (...args: unknown[]) => Promise<unknown>;
            return {
              [method]: async (...args: unknown[]) => (failures-- > 0 ? { is: 'trimmed' } : call(...args)),
            };
          },
        },
      );
      await world.pass(200);
      world.write('a');
      await world.pass(10_000);
      expect(failures, method).to.be.below(0);
      expect(world.handled, method).to.deep.equal(['a1']);
      expect(await world.gaps(), method).to.deep.equal([]);
    }
  });

  it('given more that leaves the stream at a position whose gap is noted, then the gap has the time of that, by the clock of the stream', async () => {
    const world = await lateWorld();
    world.write('d');
    const down = { handle: async (records: readonly unknown[]) => records.map(() => DOWN) };
    const two = world.start({}, down, 'two');
    await world.pass(3_000);
    const [noted] = await world.gaps();
    two.process.alive = false;
    await world.pass(70_000);
    world.write('e');
    const grewAt = world.scheduler.now;
    world.start({}, { skewMs: -3_600_000 }, 'three');
    await world.pass(20_000);
    expect(world.handled).to.deep.equal(['a1', 'e1']);
    const gaps = await world.gaps();
    expect(gaps).to.deep.equal([{ ...noted, at: gaps[0]!.at }]);
    expect(gaps[0]!.at).to.be.within(grewAt - 1_000, world.scheduler.now);
  });

  it('given a gap that was noted just before, then it keeps its time, whoever notices it', async () => {
    const world = await lateWorld();
    world.write('d');
    const down = { handle: async (records: readonly unknown[]) => records.map(() => DOWN) };
    const two = world.start({}, down, 'two');
    await world.pass(3_000);
    const noted = await world.gaps();
    two.process.stop.abort();
    await world.pass(2_000);
    world.start({}, {}, 'three');
    await world.pass(20_000);
    expect(world.handled).to.deep.equal(['a1', 'd1']);
    expect(await world.gaps()).to.deep.equal(noted);
  });

  it('given a gap that cannot be noted, then reading waits', async () => {
    const world = await lateWorld();
    world.write('d');
    let isDown = true;
    world.start(
      {},
      {
        states: (inner) => {
          const noteGaps = inner.noteGaps;
          return {
            noteGaps: (...call) =>
              isDown ? Promise.reject(new Fault('transient', 'down')) : noteGaps(...call),
          } satisfies Partial<ShardStates>;
        },
      },
      'two',
    );
    await world.pass(10_000);
    expect(world.handled).to.deep.equal(['a1']);
    isDown = false;
    await world.pass(60_000);
    expect(world.handled).to.deep.equal(['a1', 'd1']);
    expect(await world.gaps()).to.have.length(1);
  });

  it('given a child whose first records have left the stream before it is begun, then a gap is noted', async () => {
    const world = new Readers({ retentionMs: 60_000 });
    world.stream.open(1);
    world.write('a');
    world.stream.roll(world.stream.shards[0]!, false);
    world.write('b');
    let isDown = true;
    world.start(
      {},
      {
        source: (inner) => {
          const iterator = inner.iterator;
          return {
            iterator: (shard, ...call) =>
              isDown && shard !== ONE
                ? Promise.reject(new Fault('transient', 'down'))
                : iterator(shard, ...call),
          } satisfies Partial<StreamSource>;
        },
      },
    );
    await world.pass(65_000);
    world.write('c');
    isDown = false;
    await world.pass(60_000);
    expect(world.handled).to.deep.equal(['a1', 'c1']);
    const gaps = (await world.gaps()).map(({ shard, reason, after }) => [shard, reason, after]);
    expect(gaps).to.deep.equal([['shard-0002', 'trimmed', undefined]]);
  });

  it('given another process that begins such a child, and lists it as if it had begun later, then the gap is noted all the same', async () => {
    const world = new Readers({ retentionMs: 60_000, beginnings: 'listed as left' });
    world.stream.open(1);
    world.write('a');
    world.stream.roll(world.stream.shards[0]!, false);
    world.write('b');
    // It notes the child, and is held back by its parent.
    const one = world.start({}, { handle: async (records) => records.map(() => DOWN) });
    await world.pass(5_000);
    one.process.alive = false;
    await world.pass(45_000);
    world.write('c');
    await world.pass(10_500);
    world.start({}, {}, 'two');
    await world.pass(20_000);
    expect(world.handled).to.deep.equal(['c1']);
    const gaps = (await world.gaps()).map(({ shard, reason, after }) => [shard, reason, after]);
    expect(gaps).to.deep.include(['shard-0002', 'trimmed', undefined]);
  });

  it('given a shard that has left the stream unfinished, then a gap is noted, and its children are read', async () => {
    const world = await lateWorld(({ stream }) => stream.roll(stream.shards[0]!, false));
    world.write('d');
    world.start({}, {}, 'two');
    await world.pass(5_000);
    const [gap] = await world.gaps();
    expect(gap).to.deep.include({ shard: ONE, reason: 'vanished', after: world.stream.written[0]!.sequence });
    expect(world.handled).to.deep.equal(['a1', 'd1']);
    expect(await world.state(ONE)).to.include({ complete: true });
  });

  it('given shards that came and went unread, then a gap is noted for the parent that nobody knows', async () => {
    const world = await lateWorld(({ stream }) => {
      stream.roll(stream.leaves[0]!, false);
      stream.roll(stream.leaves[0]!, false);
    });
    world.stream.roll(world.stream.leaves[0]!, false);
    await world.pass(70_000);
    world.write('d');
    world.start({}, {}, 'two');
    await world.pass(5_000);
    expect((await world.gaps()).map(({ shard, reason }) => [shard, reason])).to.have.deep.members([
      ['shard-0003', 'vanished'],
      [ONE, 'vanished'],
    ]);
    expect(world.handled).to.deep.equal(['a1', 'd1']);
  });

  it('given a shard that is gone by one answer, but listed, then it is asked again, and no gap is noted', async () => {
    for (const is of ['gone', 'trimmed'] as const) {
      const world = new Readers();
      world.stream.open(1);
      world.write('a');
      let failures = 3;
      world.start(
        {},
        {
          source: (inner) => {
            const { iterator, records } = inner;
            return {
              iterator: async (...call) => (failures-- > 1 ? { is } : iterator(...call)),
              records: async (...call) => (failures-- > -1 ? { is } : records(...call)),
            } satisfies Partial<StreamSource>;
          },
        },
      );
      await world.pass(10_000);
      expect(world.handled, is).to.deep.equal(['a1']);
      expect(await world.gaps(), is).to.deep.equal([]);
    }
  });

  it('given a shard that is gone, and a listing that breaks off, then no gap is noted', async () => {
    const world = new Readers({ listPage: 1 });
    world.stream.open(2);
    world.write('abcdefgh');
    let isDown = false;
    world.start(
      {},
      {
        source: (inner) => {
          const { iterator, list } = inner;
          return {
            iterator: async (shard, ...call) =>
              shard === 'shard-0002' && world.now < 20_000 ? { is: 'gone' } : iterator(shard, ...call),
            list: async (request, signal) => {
              if (isDown && request.after !== undefined) throw new Fault('transient', 'throttled');
              return list(request, signal);
            },
          } satisfies Partial<StreamSource>;
        },
      },
    );
    await world.pass(300);
    isDown = true;
    await world.pass(60_000);
    expect(await world.gaps()).to.deep.equal([]);
    expect(world.handled).to.have.length(8);
  });

  it('given a stream that is switched off, then a gap is noted, the rest is read, and reading ends', async () => {
    const world = new Readers();
    world.stream.open(2);
    world.write('abcd');
    const one = world.start({ listMs: 5_000 });
    await world.pass(3_000);
    world.write('efgh');
    world.stream.switchOff();
    await world.pass(30_000);
    expect(world.handled).to.have.length(8);
    expect((await world.gaps()).map(({ shard, reason }) => [shard, reason])).to.deep.equal([
      [undefined, 'switched off'],
    ]);
    expect(one.result).to.include({ isEndOfStream: true, handled: 8, unhandled: 0 });
    expect(one.process.lines.filter(({ message }) => message === LOST)).to.have.length(1);
  });

  it('given a stream that is switched off, and a record that cannot be handled, then its gap is told once', async () => {
    const world = new Readers();
    world.stream.open(1);
    world.write('a');
    const fault = new Fault('transient', 'down');
    const one = world.start({ listMs: 2_000 }, { handle: async (records) => records.map(() => fault) });
    await world.pass(3_000);
    world.stream.switchOff();
    await world.pass(30_000);
    expect(one.process.lines.filter(({ message }) => message === LOST)).to.have.length(1);
  });

  it('given a stream that is switched off, and children that cannot be listed for a while, then all is read before it ends', async () => {
    const world = new Readers();
    world.stream.open(1);
    world.write('a');
    let isDown = false;
    const one = world.start(
      { listMs: 600_000 },
      {
        source: ({ list }) => ({
          list: (...call) => (isDown ? Promise.reject(new Fault('transient', 'throttled')) : list(...call)),
        }),
        // Noting takes long: it is known by then that the stream is off.
        states: ({ add }) => ({
          add: async (...call) => {
            await one.process.sleep(world.now > 1_000 ? 8_000 : 1);
            return add(...call);
          },
        }),
      },
    );
    await world.pass(3_000);
    isDown = true;
    world.stream.roll(world.stream.leaves[0]!, false);
    world.write('b');
    world.stream.switchOff();
    await world.pass(6_000);
    isDown = false;
    await world.pass(30_000);
    expect(world.handled).to.deep.equal(['a1', 'b1']);
    expect(one.result).to.include({ isEndOfStream: true, handled: 2 });
  });

  it('given a stream that is switched off, or gone later, and has no shard, then reading ends', async () => {
    for (const isGone of [false, true]) {
      const world = new Readers();
      if (!isGone) world.stream.switchOff();
      const one = world.start(
        { listMs: 2_000 },
        {
          source: ({ list }) => ({
            list: async (...call) => (isGone && world.now > 3_000 ? undefined : list(...call)),
          }),
        },
      );
      await world.pass(12_000);
      expect(one.result, `${isGone}`).to.include({ isEndOfStream: true, handled: 0 });
    }
  });
});

import { expect } from 'chai';
import type { ShardStates } from '../../../src/application/ports/shard-states.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { callsOf, Readers, timesOf } from './readers.ts';

const ONE = 'shard-0001';
const THROTTLED = new Fault('transient', 'throttled');

/** A stream with one shard, and records in it. */
function oneShard(items: string, settings: ConstructorParameters<typeof Readers>[0] = {}): Readers {
  const world = new Readers(settings);
  world.stream.open(1);
  world.write(items);
  return world;
}

describe('ReadStream, which shards it reads, and from where', () => {
  it('given a shard and its child, then the child is begun at its beginning once the parent is complete', async () => {
    const world = oneShard('aba');
    world.stream.roll(world.stream.shards[0]!, false);
    world.write('ab');
    const one = world.start();
    await world.pass(5_000);
    expect(world.handled).to.deep.equal(['a1', 'b1', 'a2', 'a3', 'b2']);
    expect(callsOf(one, 'iterator')).to.deep.equal([
      'iterator shard-0001 horizon',
      'iterator shard-0002 beginning',
    ]);
    expect(await world.state(ONE)).to.include({ complete: true });
  });

  it('given a parent with a record that cannot be handled, then its child is not begun', async () => {
    const world = oneShard('a');
    world.stream.roll(world.stream.shards[0]!, false);
    world.write('b');
    const one = world.start(
      {},
      { handle: async (records) => records.map(() => new Fault('permanent', 'no')) },
    );
    await world.pass(60_000);
    expect(callsOf(one, 'iterator')).to.deep.equal(['iterator shard-0001 horizon']);
  });

  it('given a shard that ends while it is read, then its children are read long before all are listed again', async () => {
    for (const hasChildrenOf of [true, false]) {
      const world = oneShard('ab', { hasChildrenOf });
      world.start({ listMs: 3_600_000 });
      await world.pass(3_000);
      world.stream.roll(world.stream.shards[0]!, true);
      world.write('abcde');
      await world.pass(6_000);
      expect(world.handled).to.have.length(7);
    }
  });

  it('given a source that says of no shard which its children are, then all shards are listed at its end', async () => {
    const world = oneShard('a');
    world.start(
      { listMs: 3_600_000 },
      {
        source: ({ list }) => ({
          list: async (request, signal) => {
            const page = (await list(request, signal))!;
            return request.childrenOf === undefined ? page : { ...page, shards: [] };
          },
        }),
      },
    );
    await world.pass(3_000);
    world.stream.roll(world.stream.shards[0]!, true);
    world.write('abcde');
    await world.pass(6_000);
    expect(world.handled).to.have.length(6);
  });

  it('given that the children of a shard cannot be told at its end, then the next listing finds them', async () => {
    const world = oneShard('a');
    let isDown = false;
    const one = world.start(
      { listMs: 30_000 },
      {
        source: (inner) => {
          const list = inner.list;
          return { list: (...call) => (isDown ? Promise.reject(THROTTLED) : list(...call)) };
        },
      },
    );
    await world.pass(2_000);
    isDown = true;
    world.stream.roll(world.stream.shards[0]!, false);
    world.write('a');
    await world.pass(10_000);
    expect(await world.state(ONE)).to.include({ complete: true });
    isDown = false;
    await world.pass(45_000);
    expect(world.handled).to.deep.equal(['a1', 'a2']);
    expect(one.process.lines.some(({ message }) => message.includes('children'))).to.equal(true);
  });

  it('given a listing that breaks off, then what it has is read, and no shard is taken for gone', async () => {
    const world = new Readers({ listPage: 2 });
    world.stream.open(3);
    let isDown = false;
    world.start(
      { listMs: 5_000 },
      {
        source: (inner) => {
          const list = inner.list;
          return {
            list: (request, signal) =>
              isDown && request.after !== undefined ? Promise.reject(THROTTLED) : list(request, signal),
          };
        },
      },
    );
    await world.pass(3_000);
    isDown = true;
    world.stream.roll(world.stream.shards[0]!, false);
    world.write('abcdefgh');
    await world.pass(20_000);
    expect(await world.gaps()).to.deep.equal([]);
    isDown = false;
    await world.pass(20_000);
    expect(world.handled).to.have.length(8);
  });

  it('given a listing that is never complete, then nothing is begun: what is missing might come first', async () => {
    const world = new Readers({ listPage: 1 });
    world.stream.open(2);
    world.start(
      {},
      {
        source: (inner) => {
          const list = inner.list;
          return {
            list: (request, signal) =>
              request.after === undefined ? list(request, signal) : Promise.reject(THROTTLED),
          };
        },
      },
    );
    await world.pass(30_000);
    expect(await world.states.load(world.stream.arn)).to.deep.equal([]);
  });

  it('given from latest, then only what is open is begun there, and its children at their beginnings', async () => {
    const world = oneShard('aa');
    world.stream.roll(world.stream.shards[0]!, false);
    world.write('a');
    const one = world.start({ from: 'latest' });
    await world.pass(3_000);
    world.write('a');
    world.stream.roll(world.stream.shards[1]!, false);
    world.write('a');
    await world.pass(6_000);
    expect(world.handled).to.deep.equal(['a4', 'a5']);
    expect(callsOf(one, 'iterator')).to.deep.equal([
      'iterator shard-0002 latest',
      'iterator shard-0003 beginning',
    ]);
  });

  it('given from latest, and a reader that ends before anything comes, then the next one leaves nothing out', async () => {
    const world = oneShard('a');
    const one = world.start({ from: 'latest' });
    await world.pass(3_000);
    one.process.stop.abort();
    await world.pass(3_000);
    world.write('a');
    const two = world.start({ from: 'latest' }, {}, 'two');
    await world.pass(3_000);
    expect(world.handled).to.include('a2');
    expect(callsOf(two, 'iterator')).to.deep.equal(['iterator shard-0001 beginning']);
  });

  it('given a frontier, then reading goes on behind it', async () => {
    const world = oneShard('abc');
    const one = world.start();
    await world.pass(3_000);
    one.process.stop.abort();
    await world.pass(3_000);
    const { frontier } = (await world.state(ONE))!;
    world.write('d');
    const two = world.start({}, {}, 'two');
    await world.pass(3_000);
    expect(world.handled).to.deep.equal(['a1', 'b1', 'c1', 'd1']);
    expect(callsOf(two, 'iterator')).to.deep.equal([`iterator shard-0001 after ${frontier}`]);
  });

  it('given a last page with records, then they are handled before the shard is complete', async () => {
    const world = oneShard('abc');
    world.stream.roll(world.stream.shards[0]!, false);
    const complete: number[] = [];
    world.start(
      {},
      {
        states: (inner) => {
          const advance = inner.advance;
          return {
            advance: (stream, moves, signal) => {
              if (moves.some((move) => move.complete)) complete.push(world.handled.length);
              return advance(stream, moves, signal);
            },
          } satisfies Partial<ShardStates>;
        },
      },
    );
    await world.pass(3_000);
    expect(complete).to.deep.equal([3]);
  });

  it('given pages without records, then reading goes on', async () => {
    const world = oneShard('abc', { emptyPages: 0.8 });
    world.start();
    await world.pass(60_000);
    expect(world.handled).to.deep.equal(['a1', 'b1', 'c1']);
  });

  it('given an iterator that is too old, then another goes on after the last record, or where nothing was read at the beginning', async () => {
    const world = oneShard('', { iteratorMs: 1_000 });
    const one = world.start({ idleMs: 5_000 });
    await world.pass(30_000);
    expect(new Set(callsOf(one, 'iterator').slice(1))).to.deep.equal(
      new Set(['iterator shard-0001 beginning']),
    );
    world.write('a');
    await world.pass(6_000);
    const { sequence } = world.stream.written[0]!;
    one.calls.length = 0;
    await world.pass(20_000);
    expect(new Set(callsOf(one, 'iterator'))).to.deep.equal(
      new Set([`iterator shard-0001 after ${sequence}`]),
    );
    expect(world.handled).to.deep.equal(['a1']);
  });

  it('given an iterator that is too old at once, every time, then it is asked for less and less often', async () => {
    const world = oneShard('a', { iteratorMs: -1 });
    const one = world.start();
    await world.pass(60_000);
    expect(callsOf(one, 'iterator').length).to.be.within(5, 20);
  });

  it('given throttling, then it is tried less and less often, and nothing else changes', async () => {
    const world = oneShard('a');
    let isDown = true;
    const one = world.start(
      { retryMs: 8_000 },
      {
        source: (inner) => {
          const records = inner.records;
          return { records: (...call) => (isDown ? Promise.reject(THROTTLED) : records(...call)) };
        },
      },
    );
    await world.pass(60_000);
    const times = timesOf(one, 'records');
    const pauses = times.slice(1).map((at, index) => at - times[index]!);
    expect(pauses.slice(0, 4)).to.deep.equal([50, 100, 200, 400]);
    expect(pauses.slice(-3)).to.deep.equal([4_000, 4_000, 4_000]);
    expect(await world.gaps()).to.deep.equal([]);
    expect(await world.state(ONE)).to.deep.include({ complete: false, frontier: undefined });
    isDown = false;
    await world.pass(5_000);
    expect(world.handled).to.deep.equal(['a1']);
    expect(callsOf(one, 'iterator')).to.have.length(1);
  });

  it('given no such stream, then it says so, and notes nothing', async () => {
    const world = new Readers();
    const one = world.start({}, { source: () => ({ list: async () => undefined }) });
    await world.pass(5_000);
    expect(one.error).to.have.property('kind', 'configuration');
    expect(await world.gaps()).to.deep.equal([]);
  });

  it('given shards that have left the stream and are complete, then nothing of them is kept', async () => {
    const world = oneShard('a', { retentionMs: 30_000 });
    world.start({ listMs: 10_000, forgetMs: 15_000 });
    for (let n = 0; n < 5; n++) {
      await world.pass(20_000);
      world.stream.roll(world.stream.leaves[0]!, false);
    }
    await world.pass(30_000);
    const kept = (await world.states.load(world.stream.arn)).map(({ id }) => id);
    expect(kept).to.deep.equal(['shard-0004', 'shard-0005', 'shard-0006']);
    expect(await world.gaps()).to.deep.equal([]);
  });
});

import { expect } from 'chai';
import { Fault } from '../../../src/domain/fault.ts';
import type { CountedRecord } from './counted-stream.ts';
import { nameOf, Readers, timesOf } from './readers.ts';

const ONE = 'shard-0001';
const FAILED = new Fault('transient', 'it fails');

/** A stream with one shard and records in it, and a handler that fails for some. */
function failing(items: string, isFailing: (name: string) => boolean) {
  const world = new Readers();
  world.stream.open(1);
  world.write(items);
  const batches: { readonly names: readonly string[]; readonly at: number }[] = [];
  const handle = async (records: readonly unknown[]) => {
    batches.push({ names: records.map(nameOf), at: world.now });
    const failed = new Set<string>();
    return records.map((record) => {
      const { item } = record as CountedRecord;
      if (isFailing(nameOf(record))) failed.add(item);
      return failed.has(item) ? FAILED : world.done(record);
    });
  };
  return { world, batches, handle };
}

describe('ReadStream, how it handles what it reads', () => {
  it('given a record that fails, then its item waits, others go on, and the frontier stays before it', async () => {
    let isDown = true;
    const { world, handle } = failing('abaca', (name) => name === 'a2' && isDown);
    const one = world.start({}, { handle });
    await world.pass(5_000);
    world.write('abd');
    await world.pass(5_000);
    expect(world.handled).to.deep.equal(['a1', 'b1', 'c1', 'b2', 'd1']);
    expect((await world.state(ONE))!.frontier).to.equal(world.stream.written[1]!.sequence);
    expect(one.reader.status.shards[0]).to.include({ held: 3, blockedItems: 1 });
    isDown = false;
    await world.pass(30_000);
    expect(world.handled.slice(5)).to.deep.equal(['a2', 'a3', 'a4']);
    expect((await world.state(ONE))!.frontier).to.equal(world.stream.written.at(-1)!.sequence);
    expect(one.reader.status.shards[0]).to.include({ held: 0, blockedItems: 0, lagMs: 0 });
  });

  it('given a record that fails again and again, then it is tried less and less often, whatever goes well meanwhile', async () => {
    const { world, batches, handle } = failing('a', (name) => name === 'a1');
    world.start({ retryMs: 10_000 }, { handle });
    for (let n = 0; n < 60; n++) {
      await world.pass(1_000);
      world.write('b');
    }
    const times = batches.filter(({ names }) => names.includes('a1')).map(({ at }) => at);
    const pauses = times.slice(1).map((at, index) => at - times[index]!);
    expect(world.handled).to.have.length.above(50);
    expect(pauses[0]).to.be.below(200);
    expect(Math.min(...pauses.slice(-4))).to.be.at.least(5_000);
    expect(times).to.have.length.below(20);
  });

  it('given an item that waits long to be tried again, then a record of another that comes meanwhile is handled at once', async () => {
    const { world, batches, handle } = failing('a', (name) => name === 'a1');
    world.start({ retryMs: 60_000, pagesPerSecond: 5, idleMs: 200 }, { handle });
    await world.pass(60_000);
    for (let n = 0; n < 3; n++) {
      const writtenAt = world.now;
      world.write('b');
      await world.pass(4_000);
      const at = batches.findLast(({ names }) => names.some((name) => name.startsWith('b')))?.at;
      expect(at, `b${n + 1}`).to.be.within(writtenAt, writtenAt + 400);
    }
  });

  it('given a backend that is down, then not every batch is tried, and all are handled when it is back', async () => {
    let isDown = true;
    const { world, batches, handle } = failing('abcdefghijklmnopqrstuvwxyz', () => isDown);
    world.start({ batchSize: 2, retryMs: 4_000 }, { handle });
    await world.pass(30_000);
    expect(batches.length).to.be.below(80);
    isDown = false;
    await world.pass(10_000);
    expect(world.handled).to.have.length(26);
  });

  it('given a pinned frontier, then others go on up to a bound, and then the shard waits', async () => {
    let isDown = true;
    const { world, handle } = failing('a', (name) => name === 'a1' && isDown);
    const one = world.start({ aheadMax: 10, pageSize: 5 }, { handle });
    await world.pass(3_000);
    world.write('bcdefgh'.repeat(4));
    await world.pass(20_000);
    const pages = timesOf(one, 'records').length;
    expect(world.handled).to.have.length.within(9, 15);
    await world.pass(20_000);
    expect(timesOf(one, 'records')).to.have.length(pages);
    isDown = false;
    await world.pass(40_000);
    expect(world.handled).to.have.length(29);
  });

  it('given records that are large, then no more are read than may be held', async () => {
    const { world, handle } = failing('', () => true);
    world.write('abcdefghij'.repeat(4));
    const one = world.start({ shardBytes: 1_000, pageSize: 5 }, { handle });
    await world.pass(20_000);
    expect(one.reader.status.shards[0]!.held).to.be.within(10, 14);
  });

  it('given shards that hold as much as all may, then each of the others still gets a page', async () => {
    const world = new Readers();
    world.stream.open(3);
    world.write('abcdefghijklmnop'.repeat(4));
    const one = world.start(
      { heldBytes: 100, pageSize: 3 },
      { handle: async (records) => records.map(() => FAILED) },
    );
    await world.pass(20_000);
    const held = one.reader.status.shards.map((shard) => shard.held);
    expect(held).to.have.length(3);
    expect(Math.min(...held)).to.be.at.least(1);
    expect(Math.max(...held)).to.be.at.most(6);
  });

  it('given many shards, then beyond what all may hold each of them holds a few records, and no page', async () => {
    const world = new Readers();
    world.stream.open(3);
    world.write('abcdefghijklmnop'.repeat(20));
    const one = world.start(
      { heldBytes: 1, pageSize: 50, requestsAtOnce: 1 },
      { handle: async (records) => records.map(() => FAILED) },
    );
    await world.pass(20_000);
    const held = one.reader.status.shards.map((shard) => shard.held).toSorted((a, b) => a - b);
    expect(held[0]).to.be.within(1, 10);
    expect(held[1]).to.be.within(1, 10);
    expect(held[2]).to.be.within(11, 50);
  });

  it('given a shard that has nothing in memory, while others have as much as all may, then it is read all the same', async () => {
    const world = new Readers();
    world.stream.open(2);
    const { stream } = world;
    const shardOf = (item: string) => stream.write(item)!.shard;
    const first = Array.from('abcdefghij').filter((item) => shardOf(item) === ONE);
    const second = Array.from('klmnopqrstuvw').find((item) => shardOf(item) !== ONE)!;
    world.start(
      { heldBytes: 100 },
      {
        handle: async (records) =>
          records.map((each) => (first.includes((each as CountedRecord).item) ? FAILED : world.done(each))),
      },
    );
    await world.pass(5_000);
    stream.write(second);
    await world.pass(5_000);
    expect(world.handled).to.include(`${second}2`);
  });

  it('given lanes, then batches of a shard are handled at the same time, those of an item one after the other', async () => {
    const world = new Readers();
    world.stream.open(1);
    world.write('abcdefgh'.repeat(4));
    const [busy, most] = [new Set<string>(), { atOnce: 0, sameItem: 0 }];
    const one = world.start(
      { parallelizationFactor: 4, batchSize: 3 },
      {
        handle: async (records) => {
          const items = new Set(records.map((record) => (record as CountedRecord).item));
          for (const item of items) {
            if (busy.has(item)) most.sameItem++;
            busy.add(item);
          }
          most.atOnce = Math.max(most.atOnce, busy.size);
          await one.process.sleep(100);
          for (const item of items) busy.delete(item);
          return records.map((record) => world.done(record));
        },
      },
    );
    await world.pass(10_000);
    expect(world.handled).to.have.length(32);
    expect(most.sameItem).to.equal(0);
    expect(most.atOnce).to.be.above(3);
  });

  it('given many records, then batches are as large as they may be', async () => {
    const { world, batches, handle } = failing('abcdefghij'.repeat(5), () => false);
    world.start({ batchSize: 20, pageSize: 1_000 }, { handle });
    await world.pass(5_000);
    expect(batches.some(({ names }) => names.length === 20)).to.equal(true);
    expect(Math.max(...batches.map(({ names }) => names.length))).to.equal(20);
  });

  it('given a handler that does not answer, then it is told that its time is up, left alone, and tried again', async () => {
    const world = new Readers();
    world.stream.open(1);
    world.write('a');
    let [calls, told] = [0, 0];
    world.start(
      { batchMs: 5_000 },
      {
        handle: (records, { signal, remaining }) => {
          if (++calls > 1) return Promise.resolve(records.map((record) => world.done(record)));
          expect(remaining()).to.equal(5_000);
          return new Promise(() => signal.addEventListener('abort', () => (told = world.now)));
        },
      },
    );
    await world.pass(20_000);
    expect(told).to.be.within(5_000, 6_000);
    expect(world.handled).to.deep.equal(['a1']);
  });

  it('given a handler that throws, or has no result for a record, then that is tried again', async () => {
    const world = new Readers();
    world.stream.open(1);
    world.write('abc');
    let calls = 0;
    const one = world.start(
      {},
      {
        handle: async (records) => {
          if (++calls === 1) throw new Error('a mistake');
          return records.slice(0, 1).map((record) => world.done(record));
        },
      },
    );
    await world.pass(20_000);
    expect(world.handled).to.deep.equal(['a1', 'b1', 'c1']);
    expect(
      one.process.lines.some(({ message }) => message === 'a batch of the stream was not handled'),
    ).to.equal(true);
  });

  it('given many shards, then no more batches are handled at the same time than allowed', async () => {
    const world = new Readers();
    world.stream.open(6);
    world.write('abcdefghijklmnopqrstuvwxyz'.repeat(2));
    let [busy, most] = [0, 0];
    const one = world.start(
      { batchesAtOnce: 2, requestsAtOnce: 1 },
      {
        handle: async (records) => {
          most = Math.max(most, ++busy);
          await one.process.sleep(50);
          busy--;
          return records.map((record) => world.done(record));
        },
      },
    );
    await world.pass(20_000);
    expect(world.handled).to.have.length(52);
    expect(most).to.equal(2);
  });

  it('given frontiers that cannot be saved, then they are saved once they can be', async () => {
    const { world, handle } = failing('abc', () => false);
    let isDown = true;
    world.start(
      {},
      {
        handle,
        states: (inner) => {
          const { advance } = inner;
          return { advance: (...call) => (isDown ? Promise.reject(FAILED) : advance(...call)) };
        },
      },
    );
    await world.pass(5_000);
    expect((await world.state(ONE))!.frontier).to.equal(undefined);
    isDown = false;
    await world.pass(3_000);
    expect((await world.state(ONE))!.frontier).to.equal(world.stream.written.at(-1)!.sequence);
  });
});

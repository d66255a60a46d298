import { expect } from 'chai';
import { PartlyWritten } from '../../../src/application/ports/partly-written.ts';
import type { ShardStates } from '../../../src/application/ports/shard-states.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { Readers } from './readers.ts';

const DOWN = new Fault('transient', 'down');
/** The time by which shards have moved: what docs say of a failover time of 10 seconds. */
const JOINED_MS = 20_000;
const FAILED_OVER_MS = 14_000;
const RELEASED_MS = 4_000;

function shards(count: number): Readers {
  const world = new Readers();
  world.stream.open(count);
  return world;
}

async function shares(world: Readers): Promise<Readonly<Record<string, number>>> {
  return Object.fromEntries(
    Object.entries(await world.owners()).map(([owner, held]) => [owner, held.length]),
  );
}

describe('ReadStream, how processes share the shards', () => {
  it('given one process, then it reads all shards at once', async () => {
    const world = shards(12);
    const one = world.start();
    await world.pass(1_000);
    expect(await shares(world)).to.deep.equal({ one: 12 });
    expect(one.reader.status).to.include({ isReady: true, open: 12 });
    expect(one.reader.status.shards).to.have.length(12);
  });

  it('given processes that join, then each has its share within a stated time, and keeps it', async () => {
    const world = shards(12);
    world.start();
    await world.pass(5_000);
    world.start({}, {}, 'two');
    await world.pass(JOINED_MS);
    expect(await shares(world)).to.deep.equal({ one: 6, two: 6 });
    world.start({}, {}, 'three');
    world.start({}, {}, 'four');
    await world.pass(JOINED_MS);
    const balanced = await world.owners();
    expect(await shares(world)).to.deep.equal({ one: 3, two: 3, three: 3, four: 3 });
    await world.pass(60_000);
    expect(await world.owners()).to.deep.equal(balanced);
  });

  it('given more processes than shards, then each shard is read by one, and nobody takes from anybody', async () => {
    const world = shards(2);
    for (const owner of ['one', 'two', 'three']) world.start({}, {}, owner);
    await world.pass(JOINED_MS);
    const before = await world.owners();
    await world.pass(60_000);
    expect(await world.owners()).to.deep.equal(before);
    expect(Object.values(before)).to.have.length(2);
  });

  it('given a process that crashes, then others read its shards within a stated time, from its frontiers', async () => {
    const world = shards(4);
    const one = world.start();
    world.write('abcdefgh');
    await world.pass(5_000);
    one.process.alive = false;
    await world.pass(1_000);
    world.write('abcdefgh');
    world.start({}, {}, 'two');
    await world.pass(FAILED_OVER_MS);
    expect(await shares(world)).to.deep.equal({ two: 4 });
    expect(world.handled).to.have.length(16);
  });

  it('given a process that ends, then its shards are read by others at once', async () => {
    const world = shards(4);
    const one = world.start();
    world.start({}, {}, 'two');
    await world.pass(JOINED_MS);
    one.process.lines.length = 0;
    one.process.stop.abort();
    await world.pass(RELEASED_MS);
    expect(await shares(world)).to.deep.equal({ two: 4 });
    expect(one.process.lines.filter(({ message }) => message.includes('lost'))).to.deep.equal([]);
  });

  it('given a process that stands still, then others take its shards, and it stops its work and writes nothing', async () => {
    const world = shards(1);
    const signals: AbortSignal[] = [];
    const moves: string[] = [];
    const one = world.start(
      { batchMs: 600_000 },
      {
        handle: (_, { signal }) => {
          signals.push(signal);
          return new Promise(() => {});
        },
        states: (inner) => {
          const { advance } = inner;
          return {
            advance: (...call) => {
              moves.push(...call[1].map(({ shard }) => shard));
              return advance(...call);
            },
          } satisfies Partial<ShardStates>;
        },
      },
    );
    world.write('a');
    await world.pass(3_000);
    one.process.frozenUntil = world.scheduler.now + 30_000;
    world.start({}, {}, 'two');
    await world.pass(25_000);
    expect(await shares(world)).to.deep.equal({ two: 1 });
    expect(world.handled).to.deep.equal(['a1']);
    expect(signals.map(({ aborted }) => aborted)).to.deep.equal([false]);
    world.write('b');
    await world.pass(10_000);
    expect(
      signals.map(({ aborted }) => aborted),
      'told at once',
    ).to.deep.equal([true]);
    expect(moves).to.deep.equal([]);
    expect(world.handled).to.deep.equal(['a1', 'b1']);
    expect(one.process.lines.some(({ message }) => message === 'the lease of a shard is lost')).to.equal(
      true,
    );
  });

  it('given a lease that another claims, then the work for it ends with the next renewal', async () => {
    const world = shards(1);
    let signal: AbortSignal | undefined;
    world.start(
      {},
      {
        handle: (_, limit) => {
          ({ signal } = limit);
          return new Promise(() => {});
        },
      },
    );
    world.write('a');
    await world.pass(3_000);
    await world.states.claim(world.stream.arn, [{ shard: 'shard-0001', epoch: 1 }], 'two');
    await world.pass(3_500);
    expect(signal?.aborted).to.equal(true);
    expect((await world.owners())['two']).to.deep.equal(['shard-0001']);
  });

  it('given states that cannot be reached for the failover time, then a process takes its leases for lost', async () => {
    const world = shards(2);
    let isDown = false;
    const one = world.start(
      {},
      {
        states: (inner) => {
          const { renew, load } = inner;
          return {
            renew: (...call) => (isDown ? Promise.reject(DOWN) : renew(...call)),
            load: (...call) => (isDown ? Promise.reject(DOWN) : load(...call)),
          } satisfies Partial<ShardStates>;
        },
      },
    );
    await world.pass(3_000);
    isDown = true;
    await world.pass(14_000);
    expect(one.reader.status.shards).to.have.length(0);
    isDown = false;
    await world.pass(FAILED_OVER_MS);
    expect(one.reader.status.shards).to.have.length(2);
  });

  it('given a renewal that has no answer, then nothing more is read or handled once others may have taken over', async () => {
    const world = shards(2);
    let handles = 0;
    const one = world.start(
      { retryMs: 500 },
      {
        handle: async (records) => {
          handles++;
          return records.map(() => DOWN);
        },
        states: () => ({ renew: () => new Promise(() => {}) }),
      },
    );
    world.write('abcd');
    await world.pass(14_000);
    expect(handles).to.be.above(10);
    handles = one.calls.length = 0;
    await world.pass(20_000);
    expect([handles, one.calls.length]).to.deep.equal([0, 0]);
  });

  it('given clocks that are hours apart, then nobody loses a lease for it', async () => {
    const world = shards(4);
    world.start();
    const two = world.start({}, {}, 'two');
    two.process.clock.now = () => world.scheduler.now + 7 * 3_600_000;
    await world.pass(JOINED_MS);
    const before = await world.owners();
    await world.pass(60_000);
    expect(await world.owners()).to.deep.equal(before);
    expect(two.process.lines.filter(({ message }) => message.includes('lost'))).to.deep.equal([]);
  });

  it('given processes of which each has another failover time, then each keeps its share, and is waited for as long as its own says', async () => {
    const world = shards(4);
    const patient = world.start({ failoverMs: 60_000 });
    await world.pass(5_000);
    const hasty = world.start({ failoverMs: 1_000 }, {}, 'two');
    await world.pass(60_000);
    const before = await world.owners();
    expect(await shares(world)).to.deep.equal({ one: 2, two: 2 });
    await world.pass(180_000);
    expect(await world.owners()).to.deep.equal(before);
    for (const { process } of [patient, hasty])
      expect(process.lines.filter(({ level }) => level === 'warn')).to.deep.equal([]);
    patient.process.alive = false;
    // It may have renewed them 20 seconds before.
    await world.pass(38_000);
    expect(await shares(world)).to.deep.equal({ one: 2, two: 2 });
    await world.pass(24_000);
    expect(await shares(world)).to.deep.equal({ two: 4 });
    world.start({ failoverMs: 60_000 }, {}, 'three');
    await world.pass(120_000);
    hasty.process.alive = false;
    // It looks at them every 20 seconds.
    await world.pass(22_000);
    expect(await shares(world)).to.deep.equal({ three: 4 });
  });

  it('given a claim without an answer, then the same process claims again', async () => {
    const world = shards(1);
    let failures = 2;
    world.start(
      {},
      {
        states: (inner) => {
          const { claim } = inner;
          return {
            claim: async (...call) => {
              const got = await claim(...call);
              if (failures-- > 0) throw DOWN;
              return got;
            },
          } satisfies Partial<ShardStates>;
        },
      },
    );
    world.write('a');
    await world.pass(12_000);
    expect(world.handled).to.deep.equal(['a1']);
  });

  it('given a shard that is claimed again while its end is being noted, then nothing of it goes on', async () => {
    const world = shards(1);
    let time: 'before' | 'slow' | 'after' = 'before';
    const one = world.start(
      {},
      {
        source: ({ records }) => ({
          records: (...call) =>
            time === 'slow' && call[0].includes('shard-0001') ? Promise.reject(DOWN) : records(...call),
        }),
        states: ({ advance, load, renew }) => ({
          // It takes effect, and its answer takes longer than a lease holds.
          advance: async (...call) => {
            const refused = await advance(...call);
            if (time === 'before' && call[1].some(({ complete }) => complete)) {
              time = 'slow';
              await one.process.sleep(16_000);
              time = 'after';
            }
            return refused;
          },
          renew: (...call) => (time === 'slow' ? Promise.reject(DOWN) : renew(...call)),
          // As it was before.
          load: async (...call) =>
            (await load(...call)).map((state) => ({ ...state, complete: state.complete && time !== 'slow' })),
        }),
      },
    );
    world.write('a');
    await world.pass(3_000);
    world.stream.roll(world.stream.leaves[0]!, false);
    await world.pass(40_000);
    expect((await world.state('shard-0001'))!.lease.epoch).to.equal(2);
    expect(one.reader.status.shards.map(({ shard }) => shard)).to.deep.equal(['shard-0002']);
  });

  it('given a process some of whose loads take long, then it takes no lease that is renewed', async () => {
    const world = shards(1);
    world.start();
    await world.pass(3_000);
    let loads = 0;
    const two = world.start(
      {},
      {
        states: ({ load }) => ({
          load: async (...call) => {
            if (loads++ % 2 === 0) await two.process.sleep(12_000);
            return load(...call);
          },
        }),
      },
      'two',
    );
    await world.pass(90_000);
    expect(await world.owners()).to.deep.equal({ one: ['shard-0001'] });
    expect((await world.state('shard-0001'))!.lease.epoch).to.equal(1);
  });

  it('given one of many shards that cannot be written, then the others are renewed and saved', async () => {
    const world = shards(4);
    const BAD = 'shard-0001';
    const one = world.start(
      {},
      {
        states: ({ renew, advance }) => ({
          renew: async (stream, held, owner) => {
            const refused = await renew(
              stream,
              held.filter(({ shard }) => shard !== BAD),
              owner,
            );
            throw new PartlyWritten(refused, [BAD], DOWN);
          },
          advance: async (stream, moves) => {
            const refused = await advance(
              stream,
              moves.filter(({ shard }) => shard !== BAD),
            );
            if (moves.every(({ shard }) => shard !== BAD)) return refused;
            throw new PartlyWritten(refused, [BAD], DOWN);
          },
        }),
      },
    );
    world.write('abcdefghijklmnop');
    await world.pass(12_000);
    const lost = () =>
      one.process.lines.flatMap(({ message, fields }) =>
        message === 'the lease of a shard is lost' ? [fields['shard']] : [],
      );
    const others = world.stream.shards.slice(1);
    for (const { id, records } of others)
      expect((await world.state(id))!.frontier, id).to.equal(records.at(-1)?.sequence);
    for (const shard of others) world.stream.roll(shard, false);
    await world.pass(20_000);
    for (const { id } of others) expect(await world.state(id), id).to.include({ complete: true });
    expect(new Set(lost())).to.deep.equal(new Set([BAD]));
    await world.states.claim(world.stream.arn, [{ shard: 'shard-0005', epoch: 1 }], 'two');
    await world.pass(4_000);
    expect(lost()).to.include('shard-0005');
  });
});

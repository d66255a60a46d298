import { expect } from 'chai';
import type { StreamSource } from '../../../src/application/ports/stream-source.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { Readers } from './readers.ts';

const ONE = 'shard-0001';

/** A stream that lists all of its shards, and does not give one of them, as DynamoDB Local once it has trimmed it. */
function refusing(isRefused: (shard: string) => boolean) {
  return {
    source: (inner: Pick<StreamSource, 'records'>) => {
      const records = inner.records;
      return {
        records: async (iterator, ...call) =>
          isRefused((JSON.parse(iterator) as { shard: string }).shard)
            ? { is: 'gone' }
            : records(iterator, ...call),
      } satisfies Partial<StreamSource>;
    },
  };
}

describe('ReadStream, what it does about a shard that the stream lists and does not give', () => {
  it('given a closed shard that is listed and not given for two minutes, then a gap is noted, and its children are read', async () => {
    const world = new Readers();
    world.stream.open(1);
    world.write('a');
    world.stream.roll(world.stream.leaves[0]!, false);
    world.write('b');
    const one = world.start(
      { retryMs: 5_000 },
      refusing((shard) => shard === ONE),
    );
    await world.pass(110_000);
    expect(await world.gaps()).to.deep.equal([]);
    const { shards, lastProgressAt } = one.reader.status;
    expect(shards[0]).to.deep.include({
      shard: ONE,
      problem: 'the stream lists it, and does not give it (gone)',
    });
    // Nobody is to start it again.
    expect(world.scheduler.now - lastProgressAt!).to.be.below(10_000);
    await world.pass(20_000);
    const gaps = (await world.gaps()).map(({ shard, reason, after }) => [shard, reason, after]);
    expect(gaps).to.deep.equal([[ONE, 'vanished', undefined]]);
    expect(world.handled).to.deep.equal(['b1']);
    expect(one.reader.status.shards[0]).to.include({ shard: 'shard-0002', problem: undefined });
    expect(one.process.lines.map(({ message }) => message)).to.include('records of the stream are lost');
    expect(await world.state(ONE)).to.include({ complete: true });
  });

  it('given an open shard that is listed and not given, then it is asked until it is, and no gap is noted', async () => {
    const world = new Readers();
    world.stream.open(1);
    world.write('a');
    world.start(
      { retryMs: 5_000 },
      refusing(() => world.now < 600_000),
    );
    await world.pass(620_000);
    expect(world.handled).to.deep.equal(['a1']);
    expect(await world.gaps()).to.deep.equal([]);
  });

  it('given a closed shard that is not given now and then, then no gap is noted', async () => {
    const world = new Readers();
    world.stream.open(1);
    world.write('a'.repeat(20));
    world.stream.roll(world.stream.leaves[0]!, false);
    // For a second of each minute it is given, a record at a time.
    const isRefused = () => world.now % 60_000 > 1_000 || world.now < 60_000;
    world.start({ retryMs: 500, pageSize: 1 }, refusing(isRefused));
    await world.pass(300_000);
    expect(world.handled).to.have.length(20);
    expect(await world.gaps()).to.deep.equal([]);
  });

  it('given a shard that cannot be read, then the status says why, until it can', async () => {
    const world = new Readers();
    world.stream.open(1);
    world.write('a');
    const silent = new Fault('transient', 'no answer within 15 s');
    const one = world.start(
      {},
      {
        source: ({ records }) => ({
          records: (...call) => (world.now < 20_000 ? Promise.reject(silent) : records(...call)),
        }),
      },
    );
    await world.pass(18_000);
    expect(one.reader.status.shards[0]!.problem).to.equal('no answer within 15 s');
    // Nothing but the look at its leases before it had a shard.
    expect(world.scheduler.now - one.reader.status.lastProgressAt!).to.be.above(17_000);
    await world.pass(30_000);
    expect(world.handled).to.deep.equal(['a1']);
    expect(one.reader.status.shards[0]!.problem).to.equal(undefined);
  });
});

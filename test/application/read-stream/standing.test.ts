import { expect } from 'chai';
import { Fault } from '../../../src/domain/fault.ts';
import { callsOf, Readers } from './readers.ts';

describe('ReadStream, when it has begun', () => {
  it('given several shards, then it has once it stands in each, and all that comes from then on is handled', async () => {
    const world = new Readers();
    world.stream.open(3);
    world.write('abcdefgh');
    let [isDown, begun] = [true, 0];
    const one = world.start(
      { from: 'latest', retryMs: 500 },
      {
        begun: () => begun++,
        source: ({ iterator }) => ({
          iterator: (shard, ...rest) =>
            isDown && shard === 'shard-0003'
              ? Promise.reject(new Fault('transient', 'throttled'))
              : iterator(shard, ...rest),
        }),
      },
    );
    await world.pass(5_000);
    expect([callsOf(one, 'records').length > 0, begun]).to.deep.equal([true, 0]);
    isDown = false;
    await world.pass(1_000);
    expect(begun).to.equal(1);
    world.write('abcdefgh');
    await world.pass(5_000);
    expect(world.handled.toSorted()).to.deep.equal(['a2', 'b2', 'c2', 'd2', 'e2', 'f2', 'g2', 'h2']);
    expect(begun).to.equal(1);
  });

  it('given shards that begin and end later, then it has begun by those that were there', async () => {
    const world = new Readers();
    world.stream.open(1);
    let begun = 0;
    world.start({ from: 'latest' }, { begun: () => begun++ });
    await world.pass(1_000);
    world.stream.roll(world.stream.shards[0]!, true);
    world.write('abc');
    await world.pass(20_000);
    expect([begun, world.handled]).to.deep.equal([1, ['a1', 'b1', 'c1']]);
  });

  it('given that it is stopped before, then it has not', async () => {
    const world = new Readers();
    world.stream.open(1);
    let begun = 0;
    const list = () => Promise.reject(new Fault('transient', 'throttled'));
    const { process } = world.start({}, { begun: () => begun++, source: () => ({ list }) });
    await world.pass(5_000);
    process.stop.abort();
    await world.pass(10_000);
    expect(begun).to.equal(0);
  });
});

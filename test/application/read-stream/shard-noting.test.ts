import { expect } from 'chai';
import { MemoryShardStates } from '../../../src/adapters/memory/memory-shard-states.ts';
import type { NotingDependencies } from '../../../src/application/read-stream/dependencies.ts';
import { GapNoting } from '../../../src/application/read-stream/gap-noting.ts';
import { ShardLister } from '../../../src/application/read-stream/list-shards.ts';
import { ShardNoting } from '../../../src/application/read-stream/shard-noting.ts';
import { SourceTime } from '../../../src/application/read-stream/source-time.ts';
import type { ShardListing } from '../../../src/application/ports/stream-source.ts';
import { FixedRandom } from '../doubles.ts';

const ARN = 'a stream';
const FORGET_MS = 600_000;
/** One after the other. */
const CHAIN = ['one', 'two', 'three'];
const never = new AbortController().signal;

/** Processes that note the shards of a stream in the same states, at a time that the test moves. */
class Noters {
  now = 0;
  /** Ids of shards; each comes after those before it, where that is said. */
  listed = ['one'];
  isChain = false;
  readonly states = new MemoryShardStates();
  /** Called when a listing is answered, before anything is noted of it. */
  onListed = () => {};

  noter({ once = false } = {}): ShardNoting {
    const deps = {
      source: {
        arn: ARN,
        list: async (): Promise<ShardListing> => {
          const parentOf = (id: string) => (this.isChain ? CHAIN[CHAIN.indexOf(id) - 1] : undefined);
          const shards = this.listed.map((id) => ({ id, parent: parentOf(id), closed: true }));
          this.onListed();
          return { shards, next: undefined, enabled: true };
        },
      },
      states: this.states,
      clock: { now: () => this.now },
      monotonic: { elapsed: () => this.now },
      sleeper: { sleep: async () => {} },
      random: new FixedRandom(0.5),
      logger: { enabled: () => true, log: () => {} },
    } as unknown as NotingDependencies;
    const time = new SourceTime(deps.clock);
    const lister = new ShardLister(deps, never, 1_000, time);
    const options = { from: 'horizon', once, forgetMs: FORGET_MS } as const;
    return new ShardNoting(deps, lister, new GapNoting(deps, never, time), options, never);
  }

  /** Somebody has read all of it. */
  async complete(shard: string): Promise<void> {
    await this.states.claim(ARN, [{ shard, epoch: 0 }], 'somebody');
    await this.states.advance(ARN, [{ shard, epoch: 1, frontier: '7', complete: true }]);
  }

  async noted(): Promise<readonly string[]> {
    return (await this.states.load(ARN)).map(({ id }) => id);
  }
}

/** The shard is complete, and has left the stream. */
async function goneWorld(): Promise<Noters> {
  const world = new Noters();
  await world.noter().noteAll();
  await world.complete('one');
  world.listed = [];
  return world;
}

describe('ShardNoting', () => {
  it('given a complete shard that has left the stream, then it is forgotten once it has been missing for as long as is said', async () => {
    const world = await goneWorld();
    const noter = world.noter();
    for (const at of [1_000, FORGET_MS, FORGET_MS + 999]) {
      world.now = at;
      await noter.noteAll();
      expect(await world.noted(), String(at)).to.deep.equal(['one']);
    }
    world.now = FORGET_MS + 1_000;
    await noter.noteAll();
    expect(await world.noted()).to.deep.equal([]);
  });

  it('given a shard that is listed again in between, then its time begins anew', async () => {
    const world = await goneWorld();
    const noter = world.noter();
    await noter.noteAll();
    world.now = FORGET_MS - 1;
    world.listed = ['one'];
    await noter.noteAll();
    world.now = FORGET_MS;
    world.listed = [];
    await noter.noteAll();
    expect(await world.noted()).to.deep.equal(['one']);
  });

  it('given another process that has listed the shard just before, then it is not new to it', async () => {
    const world = await goneWorld();
    const late = world.noter();
    world.listed = ['one'];
    // Between its listing and what it notes of that, the other one misses the shard.
    let other: Promise<unknown> | undefined;
    world.onListed = () => {
      world.onListed = () => {};
      world.listed = [];
      other = world.noter().noteAll();
    };
    const load = world.states.load.bind(world.states);
    world.states.load = async (...call) => {
      if (other !== undefined) {
        const before = other;
        other = undefined;
        await before;
      }
      return load(...call);
    };
    await late.noteAll();
    const [state] = await world.states.load(ARN);
    expect(state).to.include({ id: 'one', complete: true, frontier: '7' });
  });

  it('given a process that stood still after it had listed, then it notes nothing by that, and says so', async () => {
    const world = new Noters();
    world.onListed = () => {
      world.now += FORGET_MS / 2 + 1;
    };
    const error: unknown = await world
      .noter()
      .noteAll()
      .catch((thrown: unknown) => thrown);
    expect(error).to.have.property('kind', 'transient');
    expect(await world.noted()).to.deep.equal([]);
    world.onListed = () => {};
    expect(await world.noter().noteAll()).to.equal(true);
    expect(await world.noted()).to.deep.equal(['one']);
  });

  it('given a reader that does not stay, then it forgets what has left the stream once a shard that comes after is noted and stays', async () => {
    const world = new Noters();
    world.isChain = true;
    world.listed = ['one', 'two'];
    await world.noter().noteAll();
    for (const shard of ['one', 'two']) await world.complete(shard);
    world.listed = [];
    await world.noter({ once: true }).noteAll();
    expect(await world.noted()).to.deep.equal(['one', 'two']);
    world.listed = CHAIN.slice(1);
    await world.noter({ once: true }).noteAll();
    expect(await world.noted()).to.deep.equal(['two', 'three']);
    await world.complete('three');
    world.listed = ['three'];
    await world.noter({ once: true }).noteAll();
    expect(await world.noted()).to.deep.equal(['three']);
  });

  for (const isChain of [false, true])
    it(`given one that does not stay, beside another that has listed shards just before, then they are not new to that one (${isChain ? 'one after the other' : 'side by side'})`, async () => {
      const world = new Noters();
      world.isChain = isChain;
      world.listed = CHAIN;
      await world.noter().noteAll();
      for (const shard of CHAIN) await world.complete(shard);
      const late = world.noter();
      world.onListed = () => {
        world.onListed = () => {};
        world.listed = isChain ? ['three'] : [];
      };
      const load = world.states.load.bind(world.states);
      let isFirst = true;
      world.states.load = async (...call) => {
        if (isFirst) {
          isFirst = false;
          await world.noter({ once: true }).noteAll();
        }
        return load(...call);
      };
      await late.noteAll();
      expect((await world.states.load(ARN)).filter(({ complete }) => !complete)).to.deep.equal([]);
      expect(await world.states.gaps(ARN)).to.deep.equal([]);
    });
});

import { expect } from 'chai';
import { liveReaders } from '../../../src/application/doctor/live-readers.ts';
import { Sleeper } from '../../../src/application/ports/sleeper.ts';
import type { Lease, ShardState } from '../../../src/domain/shard.ts';

const NEVER = new AbortController().signal;

function held(id: string, lease: Partial<Lease>, complete = false): ShardState {
  return {
    ...{ id, parent: undefined, start: 'horizon', frontier: undefined, complete },
    lease: { owner: 'a', epoch: 1, renewals: 0, ...lease },
  };
}

/** Notes how long it is to wait, and does not. */
class NotedSleeper extends Sleeper {
  readonly #slept: number[];

  constructor(slept: number[]) {
    super();
    this.#slept = slept;
  }

  override sleep(milliseconds: number): Promise<void> {
    this.#slept.push(milliseconds);
    return Promise.resolve();
  }
}

async function readersBetween(before: readonly ShardState[], after: readonly ShardState[]) {
  const looks = [before, after];
  const slept: number[] = [];
  const readers = await liveReaders(
    { load: () => Promise.resolve(looks.shift() ?? []) },
    'stream',
    new NotedSleeper(slept),
    NEVER,
  );
  return { readers, slept };
}

describe('the readers of a stream by leases', () => {
  it('given leases that are renewed, or taken, between two looks, then their owners read it', async () => {
    const before = [held('1', {}), held('2', { owner: 'b', failoverMs: 30_000 }), held('3', { owner: 'c' })];
    const after = [
      held('1', { renewals: 1 }),
      held('2', { owner: 'b', renewals: 3 }),
      held('3', { owner: 'd', epoch: 2 }),
    ];
    expect(await readersBetween(before, after)).to.deep.equal({ readers: ['a', 'b', 'd'], slept: [15_000] });
  });

  it('given a lease of a process that was killed, then nobody reads it', async () => {
    const same = [held('1', { renewals: 7 })];
    expect((await readersBetween(same, same)).readers).to.deep.equal([]);
  });

  it('given no lease, or only those of shards that are done, then nobody reads it, and nobody waits', async () => {
    const done = [held('1', { owner: '' }), held('2', {}, true)];
    expect(await readersBetween(done, done)).to.deep.equal({ readers: [], slept: [] });
  });
});

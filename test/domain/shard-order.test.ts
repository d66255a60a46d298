import { expect } from 'chai';
import { leasesToClaim } from '../../src/domain/lease-share.ts';
import { newShards } from '../../src/domain/new-shards.ts';
import { beginningOf, byId, forgettable, readable } from '../../src/domain/shard-order.ts';
import type { Shard, ShardState } from '../../src/domain/shard.ts';

/** `b<a`: shard b, whose parent is a. */
function listed(...names: readonly string[]): readonly Shard[] {
  return names.map((name) => {
    const [id = '', parent] = name.split('<');
    return { id, parent, closed: false };
  });
}

function noted(name: string, parts: Partial<ShardState> = {}, epoch = 1, owner = ''): ShardState {
  const [id = '', parent] = name.split('<');
  const lease = { owner, epoch, renewals: 0 };
  return { id, parent, start: 'horizon', frontier: undefined, complete: false, lease, ...parts };
}

const ids = (shards: readonly { readonly id: string }[]) => shards.map(({ id }) => id);
const complete = { complete: true };

describe('readable', () => {
  it('given shards, then those are read whose parents are complete, or not noted', () => {
    const shards = [
      noted('a', complete),
      noted('b<a'),
      noted('c<b'),
      noted('d<gone'),
      noted('e<c', complete),
    ];
    expect(ids(readable(shards))).to.deep.equal(['b', 'd']);
  });
});

describe('beginningOf', () => {
  const begun = (shard: ShardState, ...others: readonly ShardState[]) =>
    beginningOf(shard, byId([shard, ...others]));

  it('given a frontier, then behind it', () => {
    expect(begun(noted('a', { frontier: '7', start: 'latest' }))).to.deep.equal({ after: '7' });
  });

  it('given none, then the very first begins where reading does', () => {
    for (const start of ['beginning', 'horizon', 'latest'] as const)
      expect(begun(noted('a', { start }))).to.equal(start);
    expect(begun(noted('a<gone', { start: 'latest' }))).to.equal('latest');
  });

  it('given that somebody had it before, or a parent that is read, then nothing of it may be missing', () => {
    expect(begun(noted('a', { start: 'latest' }, 2))).to.equal('beginning');
    expect(begun(noted('b<a', { start: 'latest' }), noted('a', complete))).to.equal('beginning');
    for (const start of ['beginning', 'horizon'] as const)
      expect(begun(noted('a', { start, first: '7' }, 2))).to.deep.equal({ at: '7' });
    expect(begun(noted('a', { start: 'beginning', first: '7' }))).to.deep.equal({ at: '7' });
    expect(begun(noted('a', { start: 'horizon', first: '7' }))).to.equal('horizon');
  });
});

describe('newShards', () => {
  const generations = (...call: Parameters<typeof newShards>) =>
    newShards(...call).generations.map((some) => some.map(({ id, start }) => `${id} ${start}`));

  it('given nothing noted, from the horizon, then all are noted, parents first', () => {
    const all = listed('c<b', 'b<a', 'd<b', 'a<gone', 'x');
    expect(generations(all, true, [], 'horizon')).to.deep.equal([
      ['a horizon', 'x horizon'],
      ['b horizon'],
      ['c horizon', 'd horizon'],
    ]);
    expect(newShards(all, true, [], 'horizon').lost).to.deep.equal([]);
  });

  it('given nothing noted, from the latest, then those without a child are', () => {
    expect(generations(listed('a', 'b<a', 'c<b', 'd<b', 'x'), true, [], 'latest')).to.deep.equal([
      ['c latest', 'd latest', 'x latest'],
    ]);
  });

  it('given that only some are noted, and none was claimed, then what is behind those is noted as well', () => {
    const all = listed('a', 'b<a', 'c<b', 'y', 'x<y');
    expect(generations(all, true, [noted('a', { start: 'latest' }, 0)], 'latest')).to.deep.equal([
      ['b latest', 'x latest'],
      ['c latest'],
    ]);
  });

  it('given a partial listing, then nothing is begun, and later only children of what is noted are', () => {
    const some = listed('b<a', 'c<b', 'y<x', 'z');
    expect(generations(some, false, [], 'horizon')).to.deep.equal([]);
    expect(generations(some, false, [noted('a')], 'horizon')).to.deep.equal([
      ['b beginning'],
      ['c beginning'],
    ]);
  });

  it('given that reading has begun, then new shards are begun at their beginnings, and those before it are not read', () => {
    const all = listed('a', 'b<a', 'c<b', 'd<c', 'x');
    const { lost } = newShards(all, true, [noted('c<b')], 'latest');
    expect(generations(all, true, [noted('c<b')], 'latest')).to.deep.equal([
      ['x beginning', 'd beginning'].toSorted(),
    ]);
    expect(lost).to.deep.equal([]);
  });

  it('given that reading has begun, and a parent that is neither noted nor listed, then it is lost', () => {
    const { lost } = newShards(listed('d<c', 'e<c', 'f<d'), true, [noted('a')], 'horizon');
    expect(lost).to.deep.equal(['c']);
    expect(newShards(listed('d<c'), false, [noted('a')], 'horizon').lost).to.deep.equal([]);
  });

  it('given nothing noted, from the beginning, then a parent that is not listed is lost', () => {
    const call = [listed('d<c', 'e<d', 'x'), true, [], 'beginning'] as const;
    expect(generations(...call)).to.deep.equal([['d beginning', 'x beginning'], ['e beginning']]);
    expect(newShards(...call).lost).to.deep.equal(['c']);
  });
});

describe('forgettable', () => {
  it('given complete shards that are gone, then those without a child that is not complete', () => {
    const shards = [
      ...[noted('a', complete), noted('b<a', complete), noted('c<b'), noted('d', complete)],
      noted('e', complete),
      noted('f'),
    ];
    expect(forgettable(shards, new Set(['c', 'e']))).to.deep.equal(['a', 'd']);
  });
});

describe('leasesToClaim', () => {
  const isFree = ({ lease }: ShardState) => lease.owner === '';
  const held = (owners: string) =>
    Array.from(owners, (owner, n) => noted(`s${n}`, {}, 1, owner === '-' ? '' : owner));
  const claims = (owners: string, mayTake?: boolean) =>
    leasesToClaim(held(owners), 'm', isFree, mayTake).length;

  it('given one process, then it claims all', () => {
    expect(claims('-----')).to.equal(5);
  });

  it('given others, then it claims up to its share of what is free', () => {
    expect(claims('aa------')).to.equal(4);
    expect(claims('mmm-aa')).to.equal(0);
    expect(claims('aabb-')).to.equal(1);
  });

  it('given that nothing is free, then it takes half of what others have too many, if it may', () => {
    expect(claims('aaaaaaaa')).to.equal(2);
    expect(claims('aaaaaamm')).to.equal(1);
    expect(claims('aaaam')).to.equal(1);
    expect(claims('aaamm')).to.equal(0);
    expect(claims('a')).to.equal(0);
    expect(claims('aaaaaaaa', false)).to.equal(0);
  });

  it('given processes that claim one after the other, then they come to as many each, and stay so', () => {
    const names = ['a', 'b', 'c'];
    let shards = held('aaaaaaaaaaa');
    let claimed = 0;
    for (let round = 0; round < 12; round++)
      for (const name of names) {
        const got = new Set(ids(leasesToClaim(shards, name, isFree)));
        if (round > 8) claimed += got.size;
        shards = shards.map((shard) =>
          got.has(shard.id) ? noted(shard.id, {}, shard.lease.epoch + 1, name) : shard,
        );
      }
    const counts = names.map((name) => shards.filter(({ lease }) => lease.owner === name).length);
    expect(counts.toSorted()).to.deep.equal([3, 4, 4]);
    expect(claimed).to.equal(0);
  });
});

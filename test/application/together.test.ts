import { expect } from 'chai';
import { mapConcurrently } from '../../src/application/map-concurrently.ts';
import { withOwnLimits } from '../../src/application/own-limits.ts';
import { together } from '../../src/application/together.ts';
import { range } from '../support/range.ts';

describe('calls that are put together', () => {
  it('given calls in one breath, then they are one request, and each has its answer', async () => {
    const requests: (readonly number[])[] = [];
    const double = together(async (items: readonly number[]) => {
      requests.push(items);
      return items.map((item) => item * 2);
    });
    expect(await Promise.all([1, 2, 3].map(double))).to.deep.equal([2, 4, 6]);
    expect(requests).to.deep.equal([[1, 2, 3]]);
  });

  it('given calls while a request is under way, then they go out as one when it is answered', async () => {
    const requests: (readonly number[])[] = [];
    const same = together(async (items: readonly number[]) => {
      requests.push(items);
      await new Promise(setImmediate);
      return items;
    });
    const first = same(1);
    await Promise.resolve();
    await Promise.resolve();
    expect(await Promise.all([first, same(2), same(3)])).to.deep.equal([1, 2, 3]);
    expect(requests).to.deep.equal([[1], [2, 3]]);
    expect(await same(4)).to.equal(4);
    expect(requests).to.have.length(3);
  });

  it('given a request that fails, then its calls fail, and the next go on', async () => {
    let times = 0;
    const same = together(async (items: readonly number[]) => {
      if (++times === 1) throw new Error('no answer');
      return items;
    });
    const results = await Promise.allSettled([same(1), same(2)]);
    expect(results.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected']);
    expect(await same(3)).to.equal(3);
  });

  it('given too few answers, then the other calls have none', async () => {
    const first = together(async (items: readonly number[]) => items.slice(0, 1));
    expect(await Promise.all([first(1), first(2)])).to.deep.equal([1, undefined]);
  });
});

describe('work that is done concurrently', () => {
  it('given many items, then so many are under way at once, and all are done', async () => {
    let [running, most] = [0, 0];
    const done: number[] = [];
    await mapConcurrently(range(10), 3, async (item) => {
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running--;
      done.push(item);
    });
    expect(most).to.equal(3);
    expect(done).to.have.members(range(10));
  });

  it('given none, then nothing is done', async () => {
    await mapConcurrently([], 3, () => expect.fail('nothing to do'));
  });

  it('given a failure, then that is thrown', async () => {
    const failing = mapConcurrently([1, 2], 1, () => Promise.reject(new Error('no')));
    expect(await failing.catch((error: unknown) => error)).to.have.property('message', 'no');
  });
});

describe('limits of their own', () => {
  it('given that the whole is up, then each is up, those that begin later too', async () => {
    const controller = new AbortController();
    const limit = { signal: controller.signal, remaining: () => 5 };
    await withOwnLimits(limit, async (ownLimit) => {
      const [one, two] = [ownLimit(), ownLimit()];
      expect([one.signal.aborted, one.remaining()]).to.deep.equal([false, 5]);
      controller.abort();
      expect([one, two, ownLimit()].map(({ signal }) => signal.aborted)).to.deep.equal([true, true, true]);
    });
  });

  it('given that the work has ended, then nothing of it stays with the signal', async () => {
    const controller = new AbortController();
    const limit = { signal: controller.signal, remaining: () => Infinity };
    const own = await withOwnLimits(limit, async (ownLimit) => ownLimit());
    controller.abort();
    expect(own.signal.aborted).to.equal(false);
  });
});

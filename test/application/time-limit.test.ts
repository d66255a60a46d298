import { getEventListeners } from 'node:events';
import { expect } from 'chai';
import { NO_LIMIT, type TimeLimit } from '../../src/application/time-limit.ts';
import { aRetrier } from './doubles.ts';

describe('NO_LIMIT', () => {
  it('is never up, and there is always time left', () => {
    expect(NO_LIMIT.signal.aborted).to.equal(false);
    expect(NO_LIMIT.remaining()).to.equal(Infinity);
  });
});

describe('a time limit that outlives its effects', () => {
  for (const [title, attempt] of [
    ['are done', async () => ['done']],
    ['fail', () => Promise.reject(new Error('socket hang up'))],
  ] satisfies [string, () => Promise<readonly 'done'[]>][])
    it(`given effects that ${title}, then nothing of them stays with its signal`, async () => {
      const { signal } = new AbortController();
      const limit: TimeLimit = { signal, remaining: () => Infinity };
      let during = 0;
      const watched = async () => {
        await Promise.resolve();
        during = getEventListeners(signal, 'abort').length;
        return attempt();
      };
      await aRetrier().run(['a'], watched, limit);
      expect(during, 'while the attempt is under way').to.equal(1);
      expect(getEventListeners(signal, 'abort')).to.deep.equal([]);
    });
});

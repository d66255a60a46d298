import { type Attempted, EffectSettler, outOfTime } from '../../../src/application/retry.ts';
import type { TimeLimit } from '../../../src/application/time-limit.ts';
import type { Mutant } from '../runs/variant.ts';

export const mutant: Mutant = {
  mistake: 'The answer comes in time, by a race, but what lost the race goes on trying behind its back.',
  variant: () => ({ settler: (...parts) => new Racing(...parts) }),
};

class Racing extends EffectSettler {
  override settle<T>(
    items: readonly T[],
    attempt: (pending: readonly T[], signal: AbortSignal) => Promise<readonly Attempted[]>,
    { signal }: TimeLimit,
  ) {
    const settled = super.settle(items, (pending) => attempt(pending, signal), {
      signal: new AbortController().signal,
      remaining: () => Infinity,
    });
    const timeUp = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else
        signal.addEventListener('abort', () => {
          resolve();
        });
    });
    return Promise.race([
      settled,
      timeUp.then(() => items.map(() => outOfTime('it may or may not have been done'))),
    ]);
  }
}

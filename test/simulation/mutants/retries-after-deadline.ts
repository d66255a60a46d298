import { type Attempt, Retrier } from '../../../src/application/retry.ts';
import type { TimeLimit } from '../../../src/application/time-limit.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { Mutant } from '../runs/variant.ts';

export const mutant: Mutant = {
  mistake: 'The answer comes in time, by a race, but what lost the race goes on trying behind its back.',
  variant: () => ({ retrier: (...parts) => new Racing(...parts) }),
};

class Racing extends Retrier {
  override run<T>(items: readonly T[], attempt: Attempt<T>, { signal }: TimeLimit) {
    const settled = super.run(items, (pending) => attempt(pending, signal), {
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
      timeUp.then(() => items.map(() => new Fault('transient', 'the time is up'))),
    ]);
  }
}

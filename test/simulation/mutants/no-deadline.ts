import { type Attempt, Retrier } from '../../../src/application/retry.ts';
import type { TimeLimit } from '../../../src/application/time-limit.ts';
import type { Mutant } from '../runs/variant.ts';

export const mutant: Mutant = {
  mistake: 'The worker waits for an answer for as long as it takes, and is killed while it does.',
  variant: () => ({ retrier: (...parts) => new Patient(...parts) }),
};

/** Begins nothing once the time is up, and leaves nothing that it has begun. */
class Patient extends Retrier {
  override run<T>(items: readonly T[], attempt: Attempt<T>, { signal }: TimeLimit) {
    return super.run(
      items,
      async (pending) => {
        signal.throwIfAborted();
        return attempt(pending, signal);
      },
      { signal: new AbortController().signal, remaining: () => (signal.aborted ? 0 : Infinity) },
    );
  }
}

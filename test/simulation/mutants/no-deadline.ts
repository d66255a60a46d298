import { type Attempted, EffectSettler, outOfTime } from '../../../src/application/retry.ts';
import type { TimeLimit } from '../../../src/application/time-limit.ts';
import type { Mutant } from '../runs/variant.ts';

export const mutant: Mutant = {
  mistake: 'The worker waits for an answer for as long as it takes, and is killed while it does.',
  variant: () => ({ settler: (...parts) => new Patient(...parts) }),
};

/** Begins nothing once the time is up, and leaves nothing that it has begun. */
class Patient extends EffectSettler {
  override settle<T>(
    items: readonly T[],
    attempt: (pending: readonly T[], signal: AbortSignal) => Promise<readonly Attempted[]>,
    { signal }: TimeLimit,
  ) {
    return super.settle(
      items,
      (pending) =>
        signal.aborted
          ? Promise.resolve(pending.map(() => outOfTime('it was not tried')))
          : attempt(pending, signal),
      { signal: new AbortController().signal, remaining: () => (signal.aborted ? 0 : Infinity) },
    );
  }
}

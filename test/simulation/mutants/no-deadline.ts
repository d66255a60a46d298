import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { retrierWith } from './parts/retrier-with.ts';

export const mutant: Mutant = {
  mistake: 'The worker waits for an answer for as long as it takes, and is killed while it does.',
  variant: () => ({
    // Begins nothing once the time is up, and leaves nothing that it has begun.
    retrier: retrierWith(
      (run) =>
        (items, attempt, { signal }) =>
          run(
            items,
            async (pending) => {
              signal.throwIfAborted();
              return attempt(pending, signal);
            },
            { signal: new AbortController().signal, remaining: () => (signal.aborted ? 0 : Infinity) },
          ),
    ),
  }),
};

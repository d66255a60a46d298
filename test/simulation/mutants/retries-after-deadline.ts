import { NO_LIMIT } from '../../../src/application/time-limit.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { retrierWith } from './parts/retrier-with.ts';

export const mutant: Mutant = {
  mistake: 'The answer comes in time, by a race, but what lost the race goes on trying behind its back.',
  variant: () => ({
    retrier: retrierWith((run) => (items, attempt, { signal }) => {
      const settled = run(items, (pending) => attempt(pending, signal), NO_LIMIT);
      const timeUp = new Promise((resolve) => {
        if (signal.aborted) resolve(undefined);
        else signal.addEventListener('abort', resolve);
      });
      return Promise.race([
        settled,
        timeUp.then(() => items.map(() => new Fault('transient', 'the time is up'))),
      ]);
    }),
  }),
};

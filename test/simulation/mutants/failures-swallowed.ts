import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { retrierWith } from './parts/retrier-with.ts';

export const mutant: Mutant = {
  mistake: 'What fails is tried again a few times, then caught and forgotten.',
  variant: () => ({
    retrier: retrierWith((run) => async (...asked) => {
      const faults = await run(...asked);
      return faults.map(() => undefined);
    }),
  }),
};

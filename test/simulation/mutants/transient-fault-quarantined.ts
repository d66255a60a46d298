import { Fault } from '../../../src/domain/fault.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { retrierWith } from './parts/retrier-with.ts';

export const mutant: Mutant = {
  mistake: 'A record whose effect met a transient fault goes to quarantine, as if it could never be handled.',
  variant: () => ({
    retrier: retrierWith((run) => async (...asked) => {
      const faults = await run(...asked);
      return faults.map(
        (fault) => fault && new Fault('permanent', `given up: ${fault.message}`, { cause: fault }),
      );
    }),
  }),
};

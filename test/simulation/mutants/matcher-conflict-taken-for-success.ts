import { portsWith } from '../../../src/simulation/world/ports.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

export const mutant: Mutant = {
  mistake: 'A count that was not moved, because somebody else moved it in between, is taken for moved.',
  variant: () => ({
    ports: (ports) =>
      portsWith(ports, {
        'matcher.apply': (apply) => async (moves, signal) => {
          const results = await apply(moves, signal);
          return results.map((result) => (result === 'conflict' || result === 'busy' ? 'done' : result));
        },
      }),
  }),
};

import { portsWith } from '../../../src/simulation/world/ports.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

export const mutant: Mutant = {
  mistake: 'A default row that somebody else changed in between is taken for written.',
  variant: () => ({
    ports: (ports) =>
      portsWith(ports, {
        'images.save': (save) => async (writes, signal) => {
          const results = await save(writes, signal);
          return results.map((result) => (result === 'conflict' ? 'done' : result));
        },
      }),
  }),
};

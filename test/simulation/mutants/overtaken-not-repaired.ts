import { fencesWith } from '../../../src/simulation/world/consumer-ports.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

export const mutant: Mutant = {
  mistake:
    'Whoever finds the fence moved takes its message for late, although its own write may stand over what is newer.',
  variant: () => ({
    consumer: (ports) => ({
      ...ports,
      fences: fencesWith(
        (keys) => ports.fences.load(keys),
        async (moves) => {
          const results = await ports.fences.advance(moves);
          return results.map((result) => (result === 'conflict' ? 'done' : result));
        },
      ),
    }),
  }),
};

import type { Mutant } from '../runs/variant.ts';
import { queueWith } from './parts/ports-with.ts';

// Seen in webiny: of a bulk response's entries, only those of upserts are looked at.
export const mutant: Mutant = {
  mistake: 'A delete that is rejected inside a successful response is taken for done.',
  variant: () => ({
    ports: (ports) => ({
      ...ports,
      queue: queueWith(async (actions, signal) => {
        const results = await ports.queue.send(actions, signal);
        return results.map((result, index) =>
          actions[index]?.document === undefined ? ('done' as const) : result,
        );
      }),
    }),
  }),
};

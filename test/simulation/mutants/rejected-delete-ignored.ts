import { portsWith } from '../../../src/simulation/world/ports.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

// Seen in webiny: of a bulk response's entries, only those of upserts are looked at.
export const mutant: Mutant = {
  mistake: 'A delete that is rejected inside a successful response is taken for done.',
  variant: () => ({
    ports: (ports) =>
      portsWith(ports, {
        'queue.send': (send) => async (actions, signal) => {
          const results = await send(actions, signal);
          return results.map((result, index) => (actions[index]?.document === undefined ? 'done' : result));
        },
      }),
  }),
};

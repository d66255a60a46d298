import { portsWith } from '../../../src/simulation/world/ports.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

export const mutant: Mutant = {
  mistake: "Entries that fail inside the queue's successful response are taken for sent: nobody reads them.",
  variant: () => ({
    ports: (ports) =>
      portsWith(ports, {
        'queue.send': (send) => async (actions, signal) => {
          await send(actions, signal);
          return actions.map(() => 'done');
        },
      }),
  }),
};

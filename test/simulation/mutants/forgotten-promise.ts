import { portsWith } from '../../../src/simulation/world/ports.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

export const mutant: Mutant = {
  mistake: 'A promise is left to itself: when it is rejected, the process would end.',
  variant: () => ({
    ports: (ports) =>
      portsWith(ports, {
        'queue.send': (send) => (actions, signal) => {
          const results = send(actions, signal);
          void results.then((given) => given.length);
          return results;
        },
      }),
  }),
};

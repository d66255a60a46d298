import type { Mutant } from '../runs/variant.ts';
import { queueWith } from './parts/ports-with.ts';

export const mutant: Mutant = {
  mistake: 'A promise is left to itself: when it is rejected, the process would end.',
  variant: () => ({
    ports: (ports) => ({
      ...ports,
      queue: queueWith((actions, signal) => {
        const results = ports.queue.send(actions, signal);
        void results.then((given) => given.length);
        return results;
      }),
    }),
  }),
};

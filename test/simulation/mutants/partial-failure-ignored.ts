import type { Mutant } from '../runs/variant.ts';
import { queueWith } from './parts/ports-with.ts';

export const mutant: Mutant = {
  mistake: "Entries that fail inside the queue's successful response are taken for sent: nobody reads them.",
  variant: () => ({
    ports: (ports) => ({
      ...ports,
      queue: queueWith(async (actions, signal) => {
        await ports.queue.send(actions, signal);
        return actions.map(() => 'done' as const);
      }),
    }),
  }),
};

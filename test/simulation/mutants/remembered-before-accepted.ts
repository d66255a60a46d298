import { SyncSearchDocument } from '../../../src/application/sync-search-document.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { queueWith } from '../../../src/simulation/world/ports.ts';

export const mutant: Mutant = {
  mistake:
    'An action is remembered before the queue has accepted it: where sending fails, it is not sent again either.',
  variant: () => ({
    search: (queue, retrier, accepted) => {
      const claiming = queueWith((actions, signal) => {
        for (const action of actions) accepted.add(action);
        return queue.send(actions, signal);
      });
      return new SyncSearchDocument(claiming, retrier, accepted);
    },
  }),
};

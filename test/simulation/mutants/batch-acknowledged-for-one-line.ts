import { IndexDocuments } from '../../../src/application/index-documents.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

// In the shop an order has several documents of one collection: they come in batches.
export const mutant: Mutant = {
  mistake: 'A whole batch is acknowledged as soon as one line of the import is good.',
  of: 'shop',
  variant: () => ({
    indexDocuments: (deps) => {
      const documents = new IndexDocuments(deps);
      return {
        execute: async (received, limit) => {
          const result = await documents.execute(received, limit);
          const good = result.outcomes.find(({ status }) => status === 'done');
          return good === undefined ? result : { ...result, outcomes: result.outcomes.map(() => good) };
        },
      };
    },
  }),
};

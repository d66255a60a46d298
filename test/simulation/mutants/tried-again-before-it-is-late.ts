import { IndexDocuments } from '../../../src/application/index-documents.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

export const mutant: Mutant = {
  mistake:
    'A write without an answer is tried again at once, and acknowledged: the first one takes effect after newer ones.',
  variant: () => ({
    indexDocuments: (deps) => {
      const documents = new IndexDocuments(deps);
      return {
        execute: async (received, limit) => {
          const { outcomes, unrepaired } = await documents.execute(received, limit);
          const atOnce = outcomes.map((outcome) =>
            outcome.status === 'done' ? outcome : { ...outcome, delayMs: 0 },
          );
          return { outcomes: atOnce, unrepaired };
        },
      };
    },
  }),
};

import { IndexDocuments } from '../../../src/application/index-documents.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

export const mutant: Mutant = {
  mistake:
    'An action that comes again, and is older than its document, is dropped: whoever had it before may have written it last.',
  variant: () => ({
    indexDocuments: (deps) => {
      const documents = new IndexDocuments(deps);
      return {
        execute: (received, limit) =>
          documents.execute(
            received.map((message) => ({ ...message, receives: 1 })),
            limit,
          ),
      };
    },
  }),
};

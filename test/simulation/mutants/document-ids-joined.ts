import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { RuledIndex } from './parts/ruled-index.ts';

// Seen in dynamodb-stream-elasticsearch and data-prepper. The index alone joins, and says the right ids when it is
// asked: what is found is that two rows share a document, not that ids look different.
export const mutant: Mutant = {
  mistake:
    'Parts of a document id are joined without a separator: ("a", "bc") and ("ab", "c") are one document.',
  variant: () => ({
    index: () =>
      new RuledIndex({ nameOf: ({ collection, id }) => `${collection} ${id.replaceAll(':', '')}` }),
  }),
};

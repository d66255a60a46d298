import { compareVersions } from '../../../src/domain/version.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { ruledEngine } from './parts/ruled-engine.ts';

// Seen in dynamodb-stream-elasticsearch and data-prepper. The index alone joins, and says the right ids when it is
// asked: what is found is that two rows share a document, not that ids look different.
export const mutant: Mutant = {
  mistake:
    'Parts of a document id are joined without a separator: ("a", "bc") and ("ab", "c") are one document.',
  variant: () =>
    ruledEngine({
      idOf: (id) => id.replaceAll(':', ''),
      isNewer: (write, last) => compareVersions(write.version, last.version) > 0,
    }),
};

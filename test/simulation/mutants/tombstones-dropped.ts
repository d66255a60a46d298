import { compareVersions } from '../../../src/domain/version.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { RuledIndex } from './parts/ruled-index.ts';

// Seen in data-prepper (#6892): a document's version is forgotten with the document.
export const mutant: Mutant = {
  mistake: 'Deleted documents leave no tombstone, so a late record brings them back.',
  variant: () => ({
    index: () =>
      new RuledIndex({
        isNewer: ({ version }, last) =>
          last.document === undefined || compareVersions(version, last.version) > 0,
      }),
  }),
};

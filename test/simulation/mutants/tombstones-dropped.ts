import { ForgetfulFences } from '../../../src/simulation/faults/forgetful-stores.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

// Seen in data-prepper (#6892): a document's version is forgotten with the document.
export const mutant: Mutant = {
  mistake: 'Deleted documents leave no tombstone, so a late record brings them back.',
  variant: () => ({ fences: (now) => new ForgetfulFences(now, { removed: 0, live: Infinity }) }),
};

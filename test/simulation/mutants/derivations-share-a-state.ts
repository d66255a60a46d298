import { itemKey, keyOf } from '../../../src/domain/row.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { RuledCounts } from './parts/ruled-counts.ts';

// A row of which two derivations count: what the first has counted is the state that the second finds.
export const mutant: Mutant = {
  mistake: 'The state of what is counted goes by the row alone, so that two derivations share one.',
  of: 'shop',
  variant: () => ({ counts: () => new RuledCounts({ keyOf: ({ row }) => itemKey(keyOf(row)) }) }),
};

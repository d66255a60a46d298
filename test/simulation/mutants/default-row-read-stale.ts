import { CONSISTENT } from '../../../src/simulation/faults/requests.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

export const mutant: Mutant = {
  mistake: 'The default row is read without asking for a consistent answer.',
  variant: () => ({ reads: { ...CONSISTENT, defaultRow: 'stale' } }),
};

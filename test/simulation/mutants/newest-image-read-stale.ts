import { CONSISTENT } from '../../../src/simulation/faults/requests.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

export const mutant: Mutant = {
  mistake: 'The newest image is read without asking for a consistent answer.',
  variant: () => ({ reads: { ...CONSISTENT, newestImage: 'stale' } }),
};

import { CONSISTENT } from '../../../src/simulation/faults/requests.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

export const mutant: Mutant = {
  mistake: 'The image that the default row points to is read without asking for a consistent answer.',
  variant: () => ({ reads: { ...CONSISTENT, pointedImage: 'stale' } }),
};

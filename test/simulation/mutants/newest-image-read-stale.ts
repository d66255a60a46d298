import { CONSISTENT } from '../faults/requests.ts';
import type { Mutant } from '../runs/variant.ts';

export const mutant: Mutant = {
  mistake: 'The newest image is read without asking for a consistent answer.',
  variant: () => ({ reads: { ...CONSISTENT, newestImage: 'stale' } }),
};

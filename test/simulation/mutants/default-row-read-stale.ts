import { CONSISTENT } from '../faults/requests.ts';
import type { Mutant } from '../runs/variant.ts';

export const mutant: Mutant = {
  mistake: 'The default row is read without asking for a consistent answer.',
  variant: () => ({ reads: { ...CONSISTENT, defaultRow: 'stale' } }),
};

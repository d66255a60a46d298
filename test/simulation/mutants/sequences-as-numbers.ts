import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { comparedBy } from './parts/compared-by.ts';

export const mutant: Mutant = {
  mistake: 'Sequence numbers are compared as JavaScript numbers, where neighbours beyond 2^53 are equal.',
  variant: () =>
    comparedBy(
      (a, b) =>
        a.generation - b.generation ||
        Number(a.epoch > b.epoch) - Number(a.epoch < b.epoch) ||
        Number(a.sequence) - Number(b.sequence),
    ),
};

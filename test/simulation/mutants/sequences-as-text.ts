import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { comparedBy } from './parts/compared-by.ts';

export const mutant: Mutant = {
  mistake: 'Sequence numbers are compared as text, where 9 is above 10.',
  variant: () =>
    comparedBy(
      (a, b) =>
        a.generation - b.generation || compareTexts(a.epoch, b.epoch) || compareTexts(a.sequence, b.sequence),
    ),
};

function compareTexts(a: string, b: string): number {
  return Number(a > b) - Number(a < b);
}

import { compareTexts } from '../../../src/domain/compare-texts.ts';
import { compareSequences } from '../../../src/domain/version.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { comparedBy } from './parts/compared-by.ts';

export const mutant: Mutant = {
  mistake:
    'Labels are compared before generations: a table that follows has lost where its stream is the older one.',
  variant: () =>
    comparedBy(
      (a, b) =>
        compareTexts(a.epoch, b.epoch) ||
        a.generation - b.generation ||
        compareSequences(a.sequence, b.sequence),
    ),
};

import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { RuledCounts } from './parts/ruled-counts.ts';

export const mutant: Mutant = {
  mistake: 'What a row counts under is added before it is asked whether its state is as it was read.',
  variant: () => ({ counts: () => new RuledCounts({ refused: ({ to }) => ({ from: undefined, to }) }) }),
};

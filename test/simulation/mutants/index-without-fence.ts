import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { RuledIndex } from './parts/ruled-index.ts';

export const mutant: Mutant = {
  mistake: 'The indexer writes whatever comes, older or newer than what it has.',
  variant: () => ({ index: () => new RuledIndex({ isNewer: () => true }) }),
};

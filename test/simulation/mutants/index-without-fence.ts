import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { ruledEngine } from './parts/ruled-engine.ts';

export const mutant: Mutant = {
  mistake: 'The indexer writes whatever comes, older or newer than what it has.',
  variant: () => ruledEngine({}),
};

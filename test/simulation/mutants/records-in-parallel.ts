import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { eachByItself } from './parts/each-by-itself.ts';

// The default of powertools. Fences keep the final state right; what is lost is the order within an item.
export const mutant: Mutant = {
  mistake:
    'All records of a batch are handled at once, those of one key too, whatever becomes of the others.',
  variant: () => ({
    processBatch: (deps) =>
      eachByItself(deps, (deliveries, handleOne) => Promise.all(deliveries.map(handleOne))),
  }),
};

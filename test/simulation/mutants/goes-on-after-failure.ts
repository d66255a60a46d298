import type { BatchResult } from '../../../src/application/process-batch.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { eachByItself } from './parts/each-by-itself.ts';

// Seen in powertools (python #2850): records one after another, and none minds that one before it has failed.
export const mutant: Mutant = {
  mistake: 'Later changes of a key are applied although an earlier one has failed.',
  variant: () => ({
    processBatch: (deps) =>
      eachByItself(deps, async (deliveries, handleOne) => {
        const results: BatchResult[] = [];
        for (const delivery of deliveries) results.push(await handleOne(delivery));
        return results;
      }),
  }),
};

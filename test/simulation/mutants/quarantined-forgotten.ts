import { ProcessBatch } from '../../../src/application/process-batch.ts';
import { QuarantinedRecords } from '../../../src/application/quarantined-records.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

export const mutant: Mutant = {
  mistake:
    'What was quarantined at an earlier delivery is kept again, and counts again: what is left of the batch is mostly poison, and blocks.',
  variant: () => ({
    processBatch: (deps) => new ProcessBatch({ ...deps, quarantined: new QuarantinedRecords(0) }),
  }),
};

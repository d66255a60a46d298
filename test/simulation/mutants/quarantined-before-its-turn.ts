import { ProcessBatch } from '../../../src/application/process-batch.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

export const mutant: Mutant = {
  mistake:
    'Poison goes to quarantine as soon as it is seen, before what its item had before it is carried out.',
  variant: () => ({
    processBatch: (deps) => {
      const worker = new ProcessBatch(deps);
      return {
        execute: async (deliveries, ...others) => {
          const poison = deliveries.flatMap((delivery) =>
            delivery.kind === 'undecodable' && delivery.fault.kind === 'permanent' ? delivery : [],
          );
          if (poison.length > 0) await deps.quarantine?.keep(poison).catch(() => undefined);
          return worker.execute(deliveries, ...others);
        },
      };
    },
  }),
};

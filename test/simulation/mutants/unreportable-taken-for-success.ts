import type { Delivery, Outcome } from '../../../src/application/delivery.ts';
import { handleEvent } from '../../../src/entrypoints/lambda/handle-event.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

// Seen in powertools: failures without an identifier are left out, and an empty list says that all went well.
export const mutant: Mutant = {
  mistake:
    'A failed record without a sequence number is left out of the report, which then says complete success.',
  variant: () => ({
    handle: (event, { processBatch, ...worker }, failureMode, limit) =>
      handleEvent(
        event,
        {
          ...worker,
          processBatch: {
            execute: async (deliveries, given) => {
              const result = await processBatch.execute(deliveries, given);
              if (failureMode === 'throw') return result;
              return {
                ...result,
                outcomes: result.outcomes.map((o, i) => withoutUnreportable(o, deliveries[i])),
              };
            },
          },
        },
        failureMode,
        limit,
      ),
  }),
};

function withoutUnreportable(outcome: Outcome, delivery: Delivery | undefined): Outcome {
  return outcome.status === 'failed' && delivery?.record.sequenceNumber === undefined
    ? { status: 'ignored' }
    : outcome;
}

import type { Mutant } from '../../../src/simulation/runs/variant.ts';

// Seen in murmur. Lambda looks for a sequence number: one that it does not know fails the whole batch.
export const mutant: Mutant = {
  mistake:
    'The eventID is reported as the failed item, so a hundred good records follow one bad one for ever.',
  variant: () => ({
    respond: (response, deliveries, outcomes) => {
      if (response.batchItemFailures.length === 0) return response;
      const first = outcomes.findIndex(({ status }) => status === 'failed');
      return { batchItemFailures: [{ itemIdentifier: deliveries[first]?.record.eventID ?? '' }] };
    },
  }),
};

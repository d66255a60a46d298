import type { Mutant } from '../../../src/simulation/runs/variant.ts';

// Seen in dynamodb-streams-readable: the checkpoint is where reading has come to, done or not.
export const mutant: Mutant = {
  mistake: 'The last record read is the checkpoint: what failed before it is never delivered again.',
  variant: () => ({
    respond: (response, deliveries) => {
      const last = deliveries.at(-1)?.record.sequenceNumber;
      return response.batchItemFailures.length === 0 || last === undefined
        ? response
        : { batchItemFailures: [{ itemIdentifier: last }] };
    },
  }),
};

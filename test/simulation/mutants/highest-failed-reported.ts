import type { Mutant } from '../../../src/simulation/runs/variant.ts';

// Seen in dynamodb-streams-readable and redpanda connect (#4510): a checkpoint at the highest, not at the lowest.
export const mutant: Mutant = {
  mistake: 'The highest failed sequence number is reported, so failures before it are never delivered again.',
  variant: () => ({
    respond: (response, deliveries, outcomes) => {
      const failed = deliveries.flatMap(({ record }, index) =>
        outcomes[index]?.status === 'failed' && record.sequenceNumber !== undefined
          ? [record.sequenceNumber]
          : [],
      );
      const last = failed.at(-1);
      return last === undefined ? response : { batchItemFailures: [{ itemIdentifier: last }] };
    },
  }),
};

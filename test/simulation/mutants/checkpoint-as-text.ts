import type { Mutant } from '../../../src/simulation/runs/variant.ts';

export const mutant: Mutant = {
  mistake: 'The lowest failed sequence number is found by comparing text.',
  variant: () => ({
    respond: (response, deliveries, outcomes) => {
      const failed = deliveries.flatMap(({ record }, index) =>
        outcomes[index]?.status === 'failed' ? [record.sequenceNumber ?? ''] : [],
      );
      const [lowest] = failed.toSorted((a, b) => Number(a > b) - Number(a < b));
      return lowest === undefined ? response : { batchItemFailures: [{ itemIdentifier: lowest }] };
    },
  }),
};

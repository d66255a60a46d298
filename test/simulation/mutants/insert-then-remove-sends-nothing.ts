import { newest } from '../../../src/domain/coalesce.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { actionOf, ruledSearch } from './parts/ruled-search.ts';

export const mutant: Mutant = {
  mistake:
    'Insert and remove in one batch cancel out and send nothing, although an earlier delivery may have sent the insert.',
  variant: () => ({
    search: (queue, retrier) =>
      ruledSearch(queue, retrier, (deciding) => {
        const last = newest(deciding);
        const cancelsOut = deciding[0].change.operation === 'INSERT' && last.decision.action === 'delete';
        return cancelsOut ? undefined : actionOf(last, last);
      }),
  }),
};

import { newest } from '../../../src/domain/coalesce.ts';
import type { Mutant } from '../runs/variant.ts';
import { actionOf, RuledSearch } from './parts/ruled-search.ts';

// The reverse of upserts-then-deletes, and the other half of dynamodb-stream-elasticsearch #51 and #59.
export const mutant: Mutant = {
  mistake:
    "A batch's upserts are all sent after its deletes: insert, then remove of one key leaves a dead document.",
  variant: () => ({
    search: (queue, retrier) =>
      new RuledSearch(queue, retrier, (deciding) => {
        const last = deciding.findLast(({ decision }) => decision.action === 'upsert');
        return actionOf(last ?? newest(deciding), newest(deciding));
      }),
  }),
};

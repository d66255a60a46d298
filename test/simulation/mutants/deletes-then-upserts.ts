import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { sendingLast } from './parts/ruled-search.ts';

// The reverse of upserts-then-deletes, and the other half of dynamodb-stream-elasticsearch #51 and #59.
export const mutant: Mutant = {
  mistake:
    "A batch's upserts are all sent after its deletes: insert, then remove of one key leaves a dead document.",
  variant: () => ({ search: sendingLast('upsert') }),
};

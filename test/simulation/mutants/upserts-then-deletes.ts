import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { sendingLast } from './parts/ruled-search.ts';

// Seen in dynamodb-stream-elasticsearch (#51, #59): two bulk requests a batch. Where one document is in both, what
// the second one says stays. The action has the newest version, so that fences do not hide what that does.
export const mutant: Mutant = {
  mistake:
    "A batch's deletes are all sent after its upserts: remove, then insert of one key deletes a live document.",
  variant: () => ({ search: sendingLast('delete') }),
};

import { IndexDocuments } from '../../../src/application/index-documents.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { ReceivedAction } from '../../../src/application/ports/search-action-source.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

// Of one document in a batch the deletion stays, whichever is newer: the fence is that of the newest.
export const mutant: Mutant = {
  mistake: "A batch's deletes go to the engine after its upserts: what was inserted again is gone.",
  variant: () => ({
    indexDocuments: (deps) => {
      const documents = new IndexDocuments(deps);
      return { execute: (received, limit) => documents.execute(withDeletesLast(received), limit) };
    },
  }),
};

function withDeletesLast(received: readonly ReceivedAction[]): readonly ReceivedAction[] {
  const deleted = new Set(
    received.flatMap(({ action }) => (Fault.is(action) || action.document ? [] : JSON.stringify(action.key))),
  );
  return received.map((message) => {
    const { action } = message;
    if (Fault.is(action) || !deleted.has(JSON.stringify(action.key))) return message;
    return { ...message, action: { ...action, document: undefined } };
  });
}

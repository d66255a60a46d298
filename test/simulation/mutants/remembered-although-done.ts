import { SyncSearchDocument } from '../../../src/application/sync-search-document.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

export const mutant: Mutant = {
  mistake:
    'Of a batch that failed in part all accepted actions are remembered, also those before the checkpoint: who has them read again later does not have them sent.',
  variant: () => ({ search: (...parts) => new RemembersTooMuch(...parts) }),
};

class RemembersTooMuch extends SyncSearchDocument {
  override remember(...[result, isDeliveredAgain]: Parameters<SyncSearchDocument['remember']>): void {
    const anyIs = result.accepted.some(({ identity }) => isDeliveredAgain(identity.sequence));
    super.remember(result, () => anyIs);
  }
}

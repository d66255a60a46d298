import { SyncSearchDocument } from '../../../src/application/sync-search-document.ts';
import type { TimeLimit } from '../../../src/application/time-limit.ts';
import type { SyncSearchDocumentCommand } from '../../../src/domain/command.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

export const mutant: Mutant = {
  mistake: 'A row that `where` no longer takes is passed over, and its document stays.',
  of: 'shop',
  variant: () => ({ search: (...parts) => new PassingOver(...parts) }),
};

class PassingOver extends SyncSearchDocument {
  override execute(commands: readonly SyncSearchDocumentCommand[], limit: TimeLimit) {
    const left = commands.filter(
      ({ decision, change }) => decision.action !== 'delete' || change.after === 'absent',
    );
    return super.execute(left, limit);
  }
}

import { AcceptedActions } from '../../../src/application/accepted-actions.ts';
import { SyncSearchDocument } from '../../../src/application/sync-search-document.ts';
import type { SearchAction } from '../../../src/domain/search-action.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

export const mutant: Mutant = {
  mistake:
    'Accepted actions are remembered by their document only: a later change of it is taken for a repeat.',
  variant: () => ({
    search: (queue, retrier) => new SyncSearchDocument(queue, retrier, new ByDocument()),
  }),
};

class ByDocument extends AcceptedActions {
  readonly #documents = new Set<string>();

  override has({ key }: SearchAction): boolean {
    return this.#documents.has(`${key.collection} ${key.id}`);
  }

  override add({ key }: SearchAction): void {
    this.#documents.add(`${key.collection} ${key.id}`);
  }

  override delete({ key }: SearchAction): void {
    this.#documents.delete(`${key.collection} ${key.id}`);
  }
}

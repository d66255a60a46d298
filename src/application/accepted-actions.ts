import type { SearchAction } from '../domain/search-action.ts';
import { compareVersions } from '../domain/version.ts';
import { BoundedMap } from './bounded-map.ts';

type Accepted = Pick<SearchAction, 'identity' | 'version'>;

/** Actions that are remembered unless said otherwise: as many as a batch of Lambda's can ask for, some 3 MB. */
const MOST = 10_000;

/**
 * Search actions that the queue has durably accepted, of batches that are to be delivered again: this worker need not
 * send them again.
 *
 * That is safe because the same change always gives the same document: an action is known again by the change that
 * decided it, its version included, and by its document. What is not remembered, by another worker or for lack of
 * room, is sent again and dropped by the index's fence. Beyond the bound the oldest give way, so memory does not grow
 * with what was sent.
 */
export class AcceptedActions {
  readonly #accepted: BoundedMap<Accepted>;

  constructor(most = MOST) {
    this.#accepted = new BoundedMap(most);
  }

  has(action: SearchAction): boolean {
    if (this.#accepted.isEmpty) return false;
    const accepted = this.#accepted.get(idOf(action));
    return (
      accepted !== undefined &&
      accepted.identity.stream === action.identity.stream &&
      compareVersions(accepted.version, action.version) === 0
    );
  }

  add(action: SearchAction): void {
    this.#accepted.set(idOf(action), { identity: action.identity, version: action.version });
  }

  delete(action: Pick<SearchAction, 'identity' | 'key'>): void {
    if (!this.#accepted.isEmpty) this.#accepted.delete(idOf(action));
  }
}

/** Without the stream, whose ARN is long: hardly ever do two changes of one document share a number. */
function idOf({ identity, key }: Pick<SearchAction, 'identity' | 'key'>): string {
  return `${identity.sequence} ${key.collection} ${key.id}`;
}

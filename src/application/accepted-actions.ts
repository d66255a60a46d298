import type { SearchAction } from '../domain/search-action.ts';
import { documentName } from '../domain/search-document.ts';
import { compareVersions } from '../domain/version.ts';
import { BoundedMap } from './bounded-map.ts';

type Accepted = Pick<SearchAction, 'identity' | 'version'>;

/** How many actions are remembered by default: as many as a Lambda batch can ask for, some 3 MB. */
const MOST = 10_000;

/**
 * Search actions that the queue has durably accepted, of batches that are to be delivered again: this worker need not
 * send them again.
 *
 * That is safe because the same change always gives the same document: an action is recognised by the change that
 * decided it, its version included, and by its document's key. What is forgotten for lack of room, or was sent by
 * another worker, is sent again and dropped by the index's fence.
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

/** Without the stream, whose ARN is long: two changes of one document hardly ever share a number. */
function idOf({ identity, key }: Pick<SearchAction, 'identity' | 'key'>): string {
  return `${identity.sequence} ${documentName(key)}`;
}

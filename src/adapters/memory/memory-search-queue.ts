import type { Clock } from '../../application/ports/clock.ts';
import { SearchQueue } from '../../application/ports/search-queue.ts';
import type { Done } from '../../application/result.ts';
import type { SearchAction } from '../../domain/search-action.ts';
import { documentName } from '../../domain/search-document.ts';
import { messageFault } from '../../domain/search-message.ts';
import { passesFence, type Version } from '../../domain/version.ts';
import { MessageGroups } from './message-groups.ts';
import { Tombstones } from './tombstones.ts';

/**
 * A FIFO queue of search actions in memory. Instead of identities within a time window it remembers the newest
 * version accepted for each document: a repeat is accepted and not delivered again, however late.
 */
export class MemorySearchQueue extends SearchQueue {
  /** What waits, by document. `MemorySearchActionSource` receives from it. */
  readonly groups = new MessageGroups<SearchAction>();
  readonly #clock: Clock | undefined;
  readonly #accepted = new Map<string, Version>();
  readonly #deleted = new Tombstones();
  #sent = 0;

  /** @param clock without one, nobody is told when an action was sent. */
  constructor(clock?: Clock) {
    super();
    this.#clock = clock;
  }

  override async send(actions: readonly SearchAction[], signal?: AbortSignal): Promise<readonly Done[]> {
    signal?.throwIfAborted();
    return actions.map((action) => messageFault(action) ?? this.#accept(action));
  }

  #accept(action: SearchAction): 'done' {
    const document = documentName(action.key);
    if (passesFence(this.#accepted.get(document) ?? this.#deleted.get(document), action.version)) {
      this.#remember(document, action);
      this.groups.put(document, action, this.#clock?.now());
      this.#sent++;
    }
    return 'done';
  }

  #remember(document: string, action: SearchAction): void {
    if (action.document === undefined) {
      this.#accepted.delete(document);
      this.#deleted.add(document, action.version);
    } else {
      this.#accepted.set(document, action.version);
      this.#deleted.delete(document);
    }
  }

  /** How many actions were accepted since the start, repeats not counted. */
  get sent(): number {
    return this.#sent;
  }

  /** Takes every action off the queue that nobody has received, in the order in which they were sent. */
  drain(): readonly SearchAction[] {
    return this.groups.takeFree();
  }
}

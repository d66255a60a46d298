import { SearchQueue } from '../../application/ports/search-queue.ts';
import type { Done } from '../../application/result.ts';
import type { SearchAction } from '../../domain/search-action.ts';
import { messageFault } from '../../domain/search-message.ts';
import { passesFence, type Version } from '../../domain/version.ts';
import { Tombstones } from './tombstones.ts';

/**
 * A FIFO queue of search actions in memory. Instead of identities within a time window it remembers the newest
 * version accepted for each document: a repeat is accepted and not delivered again, however late.
 */
export class MemorySearchQueue extends SearchQueue {
  readonly #accepted = new Map<string, Version>();
  readonly #deleted = new Tombstones();
  #waiting: SearchAction[] = [];
  #sent = 0;

  override async send(actions: readonly SearchAction[], signal?: AbortSignal): Promise<readonly Done[]> {
    signal?.throwIfAborted();
    return actions.map((action) => messageFault(action) ?? this.#accept(action));
  }

  #accept(action: SearchAction): 'done' {
    const document = `${action.key.collection} ${action.key.id}`;
    if (passesFence(this.#accepted.get(document) ?? this.#deleted.get(document), action.version)) {
      this.#remember(document, action);
      this.#waiting.push(action);
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

  /** Takes every waiting action off the queue, in the order in which they were sent. */
  drain(): readonly SearchAction[] {
    const actions = this.#waiting;
    this.#waiting = [];
    return actions;
  }
}

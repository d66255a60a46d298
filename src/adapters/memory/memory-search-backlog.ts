import { SearchBacklog } from '../../application/ports/search-backlog.ts';
import type { MemorySearchQueue } from './memory-search-queue.ts';

/** How much a queue in memory holds, exactly. */
export class MemorySearchBacklog extends SearchBacklog {
  readonly #queue: MemorySearchQueue;

  constructor(queue: MemorySearchQueue) {
    super();
    this.#queue = queue;
  }

  override async waiting(signal?: AbortSignal): Promise<number> {
    signal?.throwIfAborted();
    return this.#queue.groups.size;
  }
}

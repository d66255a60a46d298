import { MemorySearchActionSource } from '../../../adapters/memory/memory-search-action-source.ts';
import { MemorySearchFences } from '../../../adapters/memory/memory-search-fences.ts';
import { MemorySearchQueue } from '../../../adapters/memory/memory-search-queue.ts';
import { indexAll, type IndexAllDependencies } from '../../../application/index-all.ts';
import { IndexDocuments } from '../../../application/index-documents.ts';
import { LATE_MS } from '../../../application/index-outcome.ts';
import { Clock } from '../../../application/ports/clock.ts';
import { Logger } from '../../../application/ports/logger.ts';
import { Sleeper } from '../../../application/ports/sleeper.ts';
import { SourceRows } from '../../../application/ports/source-rows.ts';
import { Retrier } from '../../../application/retry.ts';
import type { TableDefinition } from '../../../domain/definition/define-table.ts';
import type { createMemoryWorker } from '../../memory-worker.ts';
import type { CollectionQueue } from './collection-queue.ts';
import type { Replacement } from './engine.ts';

/** Ids that are looked for at a time. */
const IDS = 10_000;

/** What goes on in the new collection. */
export class Filling {
  /** How many actions were refused for good. */
  refused = 0;
  readonly #logger: Logger;
  readonly #replacement: Replacement;
  readonly #sent: CollectionQueue;
  readonly #indexing: IndexAllDependencies;

  /** @param sent where the worker sends its actions. */
  constructor(
    replacement: Replacement,
    sent: CollectionQueue,
    { model }: TableDefinition,
    { container }: Pick<ReturnType<typeof createMemoryWorker>, 'container'>,
  ) {
    this.#replacement = replacement;
    this.#sent = sent;
    const [clock, sleeper, queue] = [
      container.get(Clock),
      container.get(Sleeper),
      container.get(MemorySearchQueue),
    ];
    const source = new MemorySearchActionSource(queue, { clock, sleeper, visibilityMs: 4 * LATE_MS });
    const documents = new IndexDocuments({
      ...{ model, index: replacement.index, fences: new MemorySearchFences() },
      ...{ rows: container.get(SourceRows), retrier: container.get(Retrier) },
    });
    this.#indexing = { source, documents, sleeper };
    this.#logger = container.get(Logger);
  }

  /** How many documents the new collection has. */
  get documents(): number {
    return [...this.#sent.ids.values()].filter(Boolean).length;
  }

  /** Carries out what the worker has sent, and waits for the search engine where it has to. */
  async fill(stop: AbortSignal): Promise<void> {
    stop.throwIfAborted();
    const refused = await indexAll(this.#indexing, stop);
    this.refused += refused.length;
    for (const fault of refused) this.#logger.log('error', 'document refused', { error: fault });
    stop.throwIfAborted();
  }

  /** Some of the ids that the old collection has and the recording knows nothing of. */
  async unknownIds(stop: AbortSignal): Promise<readonly string[]> {
    const unknown: string[] = [];
    for await (const id of this.#replacement.ids(stop))
      if (!this.#sent.ids.has(id) && unknown.push(id) >= IDS) break;
    return unknown;
  }
}

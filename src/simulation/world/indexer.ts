import type { MemorySearchIndex } from '../../adapters/memory/memory-search-index.ts';
import type { SearchAction } from '../../domain/search-action.ts';
import type { Random } from '../../random/random.ts';
import type { Faults } from '../faults/fault-plan.ts';
import type { FifoQueue, Receipt } from './fifo-queue.ts';
import type { Scheduler } from './scheduler.ts';

export interface IndexerParts {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly faults: Faults;
  readonly queue: FifoQueue;
  readonly visibilityMs: number;
  readonly apply: (action: SearchAction) => void;
  readonly trace: (text: () => string) => void;
}

/** Stands for the indexers: several at once, each of which may die or be slow at any time. */
export class Indexer {
  readonly #parts: IndexerParts;

  constructor(parts: IndexerParts) {
    this.#parts = parts;
  }

  /** There may be something to receive. */
  wake(): void {
    const { scheduler, random } = this.#parts;
    scheduler.in(random.int(1, 50), () => {
      this.#receive();
    });
  }

  #receive(): void {
    const { scheduler, random, faults, queue, visibilityMs, trace } = this.#parts;
    const receipts = queue.receive(random.int(1, 10), (groups) => random.int(0, Math.max(0, groups - 1)));
    if (receipts.length === 0) return;
    // One wake-up a message is not enough: this one may have taken none of another group's.
    this.wake();
    scheduler.in(visibilityMs, () => {
      queue.release(receipts);
    });
    const fault = faults.ofIndexer(scheduler.now);
    if (fault !== undefined) trace(() => `indexer: ${fault}, with ${receipts.length} messages`);
    if (fault === 'crash before') return;
    const apply = () => {
      for (const { action } of receipts) this.#parts.apply(action);
    };
    const takes = fault === 'slow' ? visibilityMs + random.int(1, 3 * visibilityMs) : random.int(1, 100);
    scheduler.in(takes, () => {
      apply();
      if (fault !== 'crash after') this.#deleteSoon(receipts);
    });
  }

  #deleteSoon(receipts: readonly Receipt[]): void {
    const { scheduler, random, queue } = this.#parts;
    scheduler.in(random.int(1, 20), () => {
      for (const receipt of receipts) queue.delete(receipt);
    });
  }
}

/** An index that reports when a document goes back to an older state than it had. */
export function watchedIndex(
  index: MemorySearchIndex,
  isAfter: (a: SearchAction['version'], b: SearchAction['version']) => boolean,
  report: (particulars: string) => void,
): (action: SearchAction) => void {
  const newest = new Map<string, SearchAction['version']>();
  return (action) => {
    const name = `${action.key.collection} ${action.key.id}`;
    const before = newest.get(name);
    const isOld = before !== undefined && !isAfter(action.version, before);
    const was = isOld ? contentOf(index, action) : undefined;
    index.apply([action]);
    if (!isOld) newest.set(name, action.version);
    else if (contentOf(index, action) !== was)
      report(`${name}: version ${action.version.sequence} took effect after ${before.sequence}`);
  };
}

function contentOf(index: MemorySearchIndex, { key }: SearchAction): string {
  for (const document of index.documents())
    if (document.key.collection === key.collection && document.key.id === key.id)
      return JSON.stringify(document.fields);
  return 'none';
}

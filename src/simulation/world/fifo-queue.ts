import { SearchQueue } from '../../application/ports/search-queue.ts';
import type { Done } from '../../application/result.ts';
import type { SearchAction } from '../../domain/search-action.ts';
import { messageFault } from '../../domain/search-message.ts';
import { MINUTE } from './settings.ts';

const DEDUPLICATION_MS = 5 * MINUTE;

/** A message that somebody has received and may delete. */
export interface Receipt {
  readonly action: SearchAction;
}

interface Group {
  readonly waiting: SearchAction[];
  /** Receipts of the messages at the head, while somebody handles them. */
  inFlight: Receipt[];
}

export interface FifoQueueOptions {
  /** Milliseconds. */
  readonly now: () => number;
  /** Called when there is something to receive. */
  readonly onVisible?: () => void;
  /** Whether an accepted message is put on the queue twice. */
  readonly duplicates?: () => boolean;
}

/**
 * A queue as SQS FIFO is: one group a document, in order, and locked while one of its messages is handled; repeats
 * of the last five minutes are dropped; messages that nobody deletes are delivered again.
 */
export class FifoQueue extends SearchQueue {
  readonly #options: FifoQueueOptions;
  readonly #groups = new Map<string, Group>();
  readonly #accepted = new Map<string, number>();

  constructor(options: FifoQueueOptions) {
    super();
    this.#options = options;
  }

  override send(actions: readonly SearchAction[]): Promise<readonly Done[]> {
    return Promise.resolve(actions.map((action) => messageFault(action) ?? this.#accept(action)));
  }

  /** Puts a message on the queue, whatever was there before. */
  push(action: SearchAction): void {
    const name = groupOf(action);
    const group = this.#groups.get(name) ?? { waiting: [], inFlight: [] };
    this.#groups.set(name, group);
    group.waiting.push(action);
    this.#options.onVisible?.();
  }

  /** Takes messages of one group, in order; none when all groups are empty or locked. `choose` picks among groups. */
  receive(max: number, choose: (groups: number) => number = () => 0): readonly Receipt[] {
    const free = [...this.#groups.values()].filter((g) => g.waiting.length > 0 && g.inFlight.length === 0);
    const group = free[choose(free.length)];
    if (group === undefined) return [];
    group.inFlight = group.waiting.slice(0, max).map((action) => ({ action }));
    return group.inFlight;
  }

  /** Has no effect once the messages have become visible again. */
  delete(receipt: Receipt): void {
    const group = this.#groups.get(groupOf(receipt.action));
    if (group?.inFlight[0] !== receipt) return;
    group.inFlight = group.inFlight.slice(1);
    group.waiting.shift();
    if (group.inFlight.length === 0 && group.waiting.length > 0) this.#options.onVisible?.();
  }

  /** The visibility time-out of messages that were received together. */
  release(receipts: readonly Receipt[]): void {
    const [first] = receipts;
    const group = first && this.#groups.get(groupOf(first.action));
    if (group === undefined || !receipts.some((receipt) => group.inFlight.includes(receipt))) return;
    group.inFlight = [];
    this.#options.onVisible?.();
  }

  get size(): number {
    let size = 0;
    for (const { waiting } of this.#groups.values()) size += waiting.length;
    return size;
  }

  #accept(action: SearchAction): 'done' {
    const { stream, sequence } = action.identity;
    const id = JSON.stringify([groupOf(action), stream, sequence]);
    const now = this.#options.now();
    const accepted = this.#accepted.get(id);
    if (accepted !== undefined && now < accepted + DEDUPLICATION_MS) return 'done';
    this.#accepted.set(id, now);
    this.push(action);
    if (this.#options.duplicates?.()) this.push(action);
    return 'done';
  }
}

function groupOf({ key }: SearchAction): string {
  return JSON.stringify([key.collection, key.id]);
}

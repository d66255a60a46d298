import { type Delivered, MessageGroups } from '../../adapters/memory/message-groups.ts';
import { SearchQueue } from '../../application/ports/search-queue.ts';
import type { Done } from '../../application/result.ts';
import type { SearchAction } from '../../domain/search-action.ts';
import { messageFault } from '../../domain/search-message.ts';
import { MINUTE } from './settings.ts';

const DEDUPLICATION_MS = 5 * MINUTE;

export interface MessageQueueOptions {
  /** Milliseconds. */
  readonly now: () => number;
  /** Whether an accepted message is put on the queue twice. */
  readonly duplicates?: () => boolean;
  /** Whether a document's messages are delivered in order; true unless given. */
  readonly isOrdered?: boolean;
}

/** Which messages are received, and until when they stay hidden. */
export interface ReceiveParts {
  readonly max: number;
  readonly visibleFrom: number;
  /** Which of so many groups is next. */
  readonly choose?: (groups: number) => number;
}

/**
 * A queue as SQS FIFO is: one group a document, in order, and locked while one of its messages is handled; repeats
 * of the last five minutes are dropped; messages that nobody deletes are delivered again. Or one that is not FIFO, but for
 * dropping repeats: messages are delivered in any order.
 */
export class MessageQueue extends SearchQueue {
  readonly groups = new MessageGroups<SearchAction>();
  readonly #options: MessageQueueOptions;
  readonly #accepted = new Map<string, number>();
  #pushed = 0;

  constructor(options: MessageQueueOptions) {
    super();
    this.#options = options;
  }

  override send(actions: readonly SearchAction[]): Promise<readonly Done[]> {
    return Promise.resolve(actions.map((action) => messageFault(action) ?? this.#accept(action)));
  }

  receive({ max, visibleFrom, choose }: ReceiveParts): readonly Delivered<SearchAction>[] {
    return this.groups.receive({ max, visibleFrom, choose, now: this.#options.now() });
  }

  get size(): number {
    return this.groups.size;
  }

  #push(action: SearchAction): void {
    const group = (this.#options.isOrdered ?? true) ? groupOf(action) : `${++this.#pushed}`;
    this.groups.put(group, action, this.#options.now());
  }

  #accept(action: SearchAction): 'done' {
    const { stream, sequence } = action.identity;
    const id = JSON.stringify([groupOf(action), stream, sequence]);
    const now = this.#options.now();
    const accepted = this.#accepted.get(id);
    if (accepted !== undefined && now < accepted + DEDUPLICATION_MS) return 'done';
    this.#accepted.set(id, now);
    this.#push(action);
    if (this.#options.duplicates?.()) this.#push(action);
    return 'done';
  }
}

function groupOf({ key }: SearchAction): string {
  return JSON.stringify([key.collection, key.id]);
}

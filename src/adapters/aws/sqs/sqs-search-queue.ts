import { setImmediate as nextTurn } from 'node:timers/promises';
import { SearchQueue } from '../../../application/ports/search-queue.ts';
import type { Done } from '../../../application/result.ts';
import type { SearchAction } from '../../../domain/search-action.ts';
import { DEFAULT_CONCURRENCY } from '../client-defaults.ts';
import { MAX_BATCH_BYTES } from './limits.ts';
import { MessageSender, type SendsBatches } from './message-sender.ts';
import { parseSearchQueueUrl, SEARCH_QUEUE_VARIABLE } from './queue-url.ts';
import { messageOf } from './search-message.ts';

export interface SqsSearchQueueOptions {
  /** URL of the queue, a FIFO queue. */
  readonly queueUrl: string;
  /** Bytes of messages in one request, and so of one message. What SQS takes, unless given. */
  readonly maxBatchBytes?: number;
  /** Accept a standard queue, which neither keeps the order nor deduplicates: both are left to the index's fence. */
  readonly allowStandard?: boolean;
  /** Requests under way at a time in one call, at least 1. */
  readonly concurrency?: number;
}

/**
 * Search actions on an SQS FIFO queue: one message per action, one group per document, as few requests as ten
 * entries and the bytes allow. Batches go in parallel, as a call has at most one action of a document.
 *
 * SQS deduplicates for five minutes, by the change's identity and the document: requests may be repeated, by the
 * SDK or after a Fault. Faults of an action are those of `MessageSender`.
 */
export class SqsSearchQueue extends SearchQueue {
  readonly #sender: MessageSender;

  /** @throws Fault `configuration` when the URL is no queue's, or that of a standard queue which is not allowed. */
  constructor(
    client: SendsBatches,
    {
      queueUrl,
      maxBatchBytes = MAX_BATCH_BYTES,
      allowStandard = false,
      concurrency = DEFAULT_CONCURRENCY,
    }: SqsSearchQueueOptions,
  ) {
    super();
    this.#sender = new MessageSender(client, {
      ...parseSearchQueueUrl(queueUrl, allowStandard),
      queueUrl,
      variable: SEARCH_QUEUE_VARIABLE,
      maxBatchBytes,
      sizeAdvice: `raise the queue's MaximumMessageSize (to at most ${MAX_BATCH_BYTES}), and set SEARCH_MAX_BATCH_BYTES to the same`,
      concurrency,
    });
  }

  override async send(actions: readonly SearchAction[], signal?: AbortSignal): Promise<readonly Done[]> {
    // What else the batch waits for longer is read first, a turn from now: a thousand changes' messages take ten milliseconds.
    await nextTurn();
    await nextTurn();
    return this.#sender.send(actions, messageOf, signal);
  }
}

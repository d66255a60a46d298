import { type PoisonRecord, Quarantine } from '../../../application/ports/quarantine.ts';
import type { Done } from '../../../application/result.ts';
import { DEFAULT_CONCURRENCY } from '../client-defaults.ts';
import { MAX_BATCH_BYTES } from './limits.ts';
import { isTooLarge, MessageSender, type SendsBatches } from './message-sender.ts';
import { quarantineMessage } from './quarantine-message.ts';
import { parseQueueUrl, QUARANTINE_QUEUE_VARIABLE } from './queue-url.ts';

export interface SqsQuarantineOptions {
  /** URL of the queue, standard or FIFO. */
  readonly queueUrl: string;
  /** Bytes of messages in one request, and so of one message. What SQS takes, unless given. */
  readonly maxBatchBytes?: number;
  /** Requests under way at a time in one call, at least 1. */
  readonly concurrency?: number;
}

/**
 * Poison records on an SQS queue, one message per record; `quarantineMessage` says what is in it. A FIFO queue keeps
 * the order of an item's records from call to call, and a record that is sent again within five minutes once.
 *
 * What the queue refuses for its size, as its own bound may be lower than SQS's, is packed and sent again.
 *
 * Faults of a record: `permanent` when it cannot be written as JSON; otherwise those of `MessageSender`.
 */
export class SqsQuarantine extends Quarantine {
  readonly #sender: MessageSender;
  readonly #maxBatchBytes: number;

  /** @throws Fault `configuration` when the URL is no queue's. */
  constructor(
    client: SendsBatches,
    { queueUrl, maxBatchBytes = MAX_BATCH_BYTES, concurrency = DEFAULT_CONCURRENCY }: SqsQuarantineOptions,
  ) {
    super();
    this.#maxBatchBytes = maxBatchBytes;
    this.#sender = new MessageSender(client, {
      ...parseQueueUrl(queueUrl, QUARANTINE_QUEUE_VARIABLE),
      queueUrl,
      variable: QUARANTINE_QUEUE_VARIABLE,
      maxBatchBytes,
      sizeAdvice: `raise the MaximumMessageSize of the queue of ${QUARANTINE_QUEUE_VARIABLE}, to at most ${MAX_BATCH_BYTES}`,
      concurrency,
    });
  }

  override async keep(records: readonly PoisonRecord[], signal?: AbortSignal): Promise<readonly Done[]> {
    const results = await this.#sender.send(
      records,
      (record) => quarantineMessage(record, this.#maxBatchBytes),
      signal,
    );
    const large = records.filter((_, index) => isTooLarge(results[index]));
    if (large.length > 0) {
      const again = await this.#sender.send(large, (record) => quarantineMessage(record, PACK_ALL), signal);
      let next = 0;
      for (const [index, result] of results.entries())
        if (isTooLarge(result)) results[index] = again[next++] ?? result;
    }
    return results;
  }
}

/** Bytes. Every message is larger, so all are packed. */
const PACK_ALL = 0;

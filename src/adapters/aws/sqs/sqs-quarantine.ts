import { type PoisonRecord, Quarantine } from '../../../application/ports/quarantine.ts';
import type { Fault } from '../../../domain/fault.ts';
import { MAX_BATCH_BYTES, MessageSender, type SendsBatches } from './message-sender.ts';
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
 * Poison records on an SQS queue, one message a record; `quarantineMessage` says what is in it. A FIFO queue keeps
 * the order of an item's records from call to call, and a record that is sent again within five minutes once.
 *
 * Faults of a record: `permanent` when it cannot be written as JSON, is too large even when packed, or SQS refuses
 * it for good; `configuration` when the queue, the credentials or the region are wrong; otherwise `transient`.
 */
export class SqsQuarantine extends Quarantine {
  readonly #sender: MessageSender;
  readonly #maxBatchBytes: number;

  /** @throws Fault `configuration` when the URL is no queue's. */
  constructor(
    client: SendsBatches,
    { queueUrl, maxBatchBytes = MAX_BATCH_BYTES, concurrency = 8 }: SqsQuarantineOptions,
  ) {
    super();
    this.#maxBatchBytes = maxBatchBytes;
    this.#sender = new MessageSender(client, {
      ...parseQueueUrl(queueUrl, QUARANTINE_QUEUE_VARIABLE),
      queueUrl,
      variable: QUARANTINE_QUEUE_VARIABLE,
      maxBatchBytes,
      concurrency,
    });
  }

  override async keep(
    records: readonly PoisonRecord[],
    signal?: AbortSignal,
  ): Promise<readonly ('kept' | Fault)[]> {
    const results = await this.#sender.send(
      records,
      (record) => quarantineMessage(record, this.#maxBatchBytes),
      signal,
    );
    return results.map((result) => (result === 'sent' ? 'kept' : result));
  }
}

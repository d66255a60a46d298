import {
  type BatchResultErrorEntry,
  SendMessageBatchCommand,
  type SendMessageBatchCommandOutput,
  type SendMessageBatchRequestEntry,
} from '@aws-sdk/client-sqs';
import { SearchQueue } from '../../../application/ports/search-queue.ts';
import { Fault } from '../../../domain/fault.ts';
import type { SearchAction } from '../../../domain/search-action.ts';
import { concurrently } from '../concurrently.ts';
import { problemOf } from '../error-codes.ts';
import { type AwsResource, translateError } from '../translate-error.ts';
import { packBatches } from './pack-batches.ts';
import { parseQueueUrl } from './queue-url.ts';
import { messageOf, type SearchMessage } from './search-message.ts';

/** The part of an SQSClient that is used. */
export interface SendsBatches {
  send(
    command: SendMessageBatchCommand,
  ): Promise<Partial<Pick<SendMessageBatchCommandOutput, 'Successful' | 'Failed'>>>;
}

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

/** Entries that SQS takes in one request. */
const MAX_ENTRIES = 10;
const VARIABLE = 'TYPESENSE_QUEUE_URL';

/**
 * Search actions on an SQS FIFO queue: one message an action, one group a document, as few requests as ten
 * entries and the bytes allow. Batches go in parallel, as a call has at most one action of a document.
 *
 * SQS deduplicates for five minutes, by the change's identity and the document: requests may be repeated, by the
 * SDK or after a Fault. Faults of an action: `permanent` when its message is too large, or SQS refuses it for
 * good; `configuration` when the queue, the credentials or the region are wrong; otherwise `transient`.
 */
export class SqsSearchQueue extends SearchQueue {
  readonly #client: SendsBatches;
  readonly #queueUrl: string;
  readonly #fifo: boolean;
  readonly #maxBatchBytes: number;
  readonly #concurrency: number;
  readonly #used: AwsResource;

  /** @throws Fault `configuration` when the URL is no queue's, or that of a standard queue which is not allowed. */
  constructor(
    client: SendsBatches,
    { queueUrl, maxBatchBytes = 1_048_576, allowStandard = false, concurrency = 8 }: SqsSearchQueueOptions,
  ) {
    super();
    const { name, fifo } = parseQueueUrl(queueUrl, VARIABLE);
    if (!fifo && !allowStandard)
      throw new Fault(
        'configuration',
        `${VARIABLE} is of the standard queue ${name}, which keeps no order and does not deduplicate; set it to a FIFO queue, whose name ends in .fifo`,
      );
    this.#client = client;
    this.#queueUrl = queueUrl;
    this.#fifo = fifo;
    this.#maxBatchBytes = maxBatchBytes;
    this.#concurrency = concurrency;
    this.#used = { resource: `queue ${name}`, variable: VARIABLE };
  }

  override async send(actions: readonly SearchAction[]): Promise<readonly ('sent' | Fault)[]> {
    const messages = actions.map((action, index) => ({ action, index, ...messageOf(action) }));
    const limits = { count: MAX_ENTRIES, bytes: this.#maxBatchBytes };
    const { batches, oversized } = packBatches(messages, ({ bytes }) => bytes, limits);
    const results = new Array<'sent' | Fault>(actions.length);
    for (const message of oversized) results[message.index] = this.#tooLarge(message);
    await concurrently(batches, this.#concurrency, async (batch) => {
      const outcomes = await this.#sendBatch(batch);
      for (const message of batch) results[message.index] = outcomes(message);
    });
    return results;
  }

  /** Sends one batch; the outcome of each of its messages. */
  async #sendBatch(batch: readonly Indexed[]): Promise<(message: Indexed) => 'sent' | Fault> {
    const command = new SendMessageBatchCommand({
      QueueUrl: this.#queueUrl,
      Entries: batch.map((message) => this.#entry(message)),
    });
    try {
      const { Successful = [], Failed = [] } = await this.#client.send(command);
      const sent = new Set(Successful.map(({ Id }) => Id));
      const failed = new Map(Failed.map((failure) => [failure.Id, failure]));
      return (message) => {
        const failure = failed.get(entryId(message));
        if (failure !== undefined) return this.#refused(message, failure);
        return sent.has(entryId(message)) ? 'sent' : this.#unanswered(message);
      };
    } catch (error) {
      const fault = translateError(error, this.#used);
      return () => fault;
    }
  }

  #entry(message: Indexed): SendMessageBatchRequestEntry {
    const { body, groupId, deduplicationId } = message;
    return {
      Id: entryId(message),
      MessageBody: body,
      ...(this.#fifo && { MessageGroupId: groupId, MessageDeduplicationId: deduplicationId }),
    };
  }

  #refused(
    message: Indexed,
    { SenderFault, Code = 'without a code', Message }: BatchResultErrorEntry,
  ): Fault {
    // SQS calls throttling by KMS a fault of the sender as well: it is over when it is over.
    const lasting = SenderFault === true && problemOf(Code) !== 'transient';
    const why = Message === undefined ? Code : `${Code}: ${Message}`;
    return new Fault(
      lasting ? 'permanent' : 'transient',
      `${this.#used.resource} did not take the message of ${nameOf(message)}: ${why}`,
    );
  }

  #unanswered(message: Indexed): Fault {
    return new Fault(
      'transient',
      `${this.#used.resource} did not say whether it took the message of ${nameOf(message)}`,
    );
  }

  #tooLarge(message: Indexed): Fault {
    return new Fault(
      'permanent',
      `the message of ${nameOf(message)} has ${message.bytes} bytes; ${this.#used.resource} takes ${this.#maxBatchBytes}`,
    );
  }
}

interface Indexed extends SearchMessage {
  readonly action: SearchAction;
  /** Its place in the call. */
  readonly index: number;
}

/** Unique within a batch, as it is within the call. */
function entryId({ index }: Indexed): string {
  return String(index);
}

function nameOf({ action }: Indexed): string {
  return `${action.key.collection} ${JSON.stringify(action.key.id)}`;
}

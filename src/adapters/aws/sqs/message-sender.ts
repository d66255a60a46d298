import {
  type BatchResultErrorEntry,
  SendMessageBatchCommand,
  type SendMessageBatchCommandOutput,
  type SendMessageBatchRequestEntry,
} from '@aws-sdk/client-sqs';
import { Fault } from '../../../domain/fault.ts';
import { allowListeners } from '../allow-listeners.ts';
import { concurrently } from '../concurrently.ts';
import { problemOf } from '../error-codes.ts';
import { packBatches } from '../pack-batches.ts';
import { type AwsResource, translateError } from '../translate-error.ts';
import type { QueueName } from './queue-url.ts';

/** Bytes of messages that SQS takes in one request. */
export const MAX_BATCH_BYTES = 1_048_576;

/** Entries that SQS takes in one request. */
const MAX_ENTRIES = 10;

/** The part of an SQSClient that is used. */
export interface SendsBatches {
  send(
    command: SendMessageBatchCommand,
    options?: { readonly abortSignal?: AbortSignal },
  ): Promise<Partial<Pick<SendMessageBatchCommandOutput, 'Successful' | 'Failed'>>>;
}

export interface Message {
  readonly body: string;
  /** UTF-8 bytes of the body, which is all that SQS counts of a message without attributes. */
  readonly bytes: number;
  /** What is to be delivered in order. Left away on a standard queue, as is the next. */
  readonly groupId: string;
  /** What is to be delivered once, if it is sent twice within five minutes. */
  readonly deduplicationId: string;
  /** What the message is of, as messages of faults have it. */
  readonly name: string;
}

export interface MessageSenderOptions extends QueueName {
  readonly queueUrl: string;
  /** The environment variable that holds the URL. */
  readonly variable: string;
  /** Bytes of messages in one request, and so of one message. */
  readonly maxBatchBytes: number;
  /** Requests under way at a time in one call, at least 1. */
  readonly concurrency: number;
}

/**
 * Sends messages in as few requests as ten entries and the bytes allow. Faults of a message: `permanent` when it is
 * too large, or SQS refuses it for good; `configuration` when the queue, the credentials or the region are wrong;
 * otherwise `transient`.
 */
export class MessageSender {
  readonly #client: SendsBatches;
  readonly #options: MessageSenderOptions;
  readonly #used: AwsResource;

  constructor(client: SendsBatches, options: MessageSenderOptions) {
    this.#client = client;
    this.#options = options;
    this.#used = { resource: `queue ${options.name}`, variable: options.variable };
  }

  /**
   * Sends a message for each item. One result an item, in the order given; batches go in parallel, in any order.
   * `sent` means durably accepted; a Fault means that the message may or may not have been. What `messageOf` throws
   * is its item's Fault. Once `signal` is aborted, no further request starts, those under way are broken off, and
   * what was not accepted until then has a `transient` Fault.
   */
  async send<T>(
    items: readonly T[],
    messageOf: (item: T) => Message,
    signal?: AbortSignal,
  ): Promise<('sent' | Fault)[]> {
    allowListeners(signal);
    const results = new Array<'sent' | Fault>(items.length);
    const indexed: Indexed[] = [];
    for (const [index, item] of items.entries()) {
      try {
        indexed.push({ message: messageOf(item), index });
      } catch (error) {
        results[index] = Fault.from(error);
      }
    }
    const limits = { count: MAX_ENTRIES, weight: this.#options.maxBatchBytes };
    const { batches, oversized } = packBatches(indexed, ({ message }) => message.bytes, limits);
    for (const { message, index } of oversized) results[index] = this.#tooLarge(message);
    await concurrently(batches, this.#options.concurrency, async (batch) => {
      const outcomeOf = await this.#sendBatch(batch, signal);
      for (const entry of batch) results[entry.index] = outcomeOf(entry);
    });
    return results;
  }

  /** Sends one batch; the outcome of each of its messages. */
  async #sendBatch(
    batch: readonly Indexed[],
    signal: AbortSignal | undefined,
  ): Promise<(entry: Indexed) => 'sent' | Fault> {
    if (signal?.aborted) return ({ message }) => this.#untried(message);
    const command = new SendMessageBatchCommand({
      QueueUrl: this.#options.queueUrl,
      Entries: batch.map((entry) => this.#request(entry)),
    });
    try {
      const { Successful = [], Failed = [] } = await this.#client.send(
        command,
        signal && { abortSignal: signal },
      );
      const sent = new Set(Successful.map(({ Id }) => Id));
      const failed = new Map(Failed.map((failure) => [failure.Id, failure]));
      return (entry) => {
        const failure = failed.get(entryId(entry));
        if (failure !== undefined) return this.#refused(entry.message, failure);
        return sent.has(entryId(entry)) ? 'sent' : this.#unanswered(entry.message);
      };
    } catch (error) {
      const fault = translateError(error, this.#used);
      return () => fault;
    }
  }

  #request(entry: Indexed): SendMessageBatchRequestEntry {
    const { body, groupId, deduplicationId } = entry.message;
    return {
      Id: entryId(entry),
      MessageBody: body,
      ...(this.#options.fifo && { MessageGroupId: groupId, MessageDeduplicationId: deduplicationId }),
    };
  }

  #refused(
    { name }: Message,
    { SenderFault, Code = 'without a code', Message }: BatchResultErrorEntry,
  ): Fault {
    // SQS calls throttling by KMS a fault of the sender as well: it is over when it is over.
    const lasting = SenderFault === true && problemOf(Code) !== 'transient';
    const why = Message === undefined ? Code : `${Code}: ${Message}`;
    return new Fault(
      lasting ? 'permanent' : 'transient',
      `${this.#used.resource} did not take the message of ${name}: ${why}`,
    );
  }

  #unanswered({ name }: Message): Fault {
    return new Fault(
      'transient',
      `${this.#used.resource} did not say whether it took the message of ${name}`,
    );
  }

  #untried({ name }: Message): Fault {
    return new Fault(
      'transient',
      `the message of ${name} was not sent to ${this.#used.resource}: the sending was aborted before`,
    );
  }

  #tooLarge({ name, bytes }: Message): Fault {
    const { maxBatchBytes } = this.#options;
    return new Fault(
      'permanent',
      `the message of ${name} has ${bytes} bytes; ${this.#used.resource} takes ${maxBatchBytes}`,
    );
  }
}

interface Indexed {
  readonly message: Message;
  /** Its place in the call. */
  readonly index: number;
}

/** Unique within a batch, as it is within the call. */
function entryId({ index }: Indexed): string {
  return String(index);
}

import {
  SendMessageBatchCommand,
  type SendMessageBatchCommandOutput,
  type SendMessageBatchRequestEntry,
} from '@aws-sdk/client-sqs';
import { Fault } from '../../../domain/fault.ts';
import { largeMessageFault } from '../../../domain/search-message.ts';
import { abortableBy } from '../clients.ts';
import { plain } from '../plain-json.ts';
import { packBatches } from '../../../application/pack-batches.ts';
import { Refusal } from '../refusal.ts';
import { splitRefused } from '../split-refused.ts';
import type { AwsResource } from '../error-message.ts';
import { translateError } from '../translate-error.ts';
import { errorOf } from './entry-error.ts';
import { MAX_BATCH_BYTES, MAX_ENTRIES } from './limits.ts';
import type { QueueName } from './queue-url.ts';
import type { Done } from '../../../application/result.ts';

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
  /** Messages of one group are delivered in order. Not sent to a standard queue, and neither is the next. */
  readonly groupId: string;
  /** Of messages that share one, sent within five minutes, only the first is delivered. */
  readonly deduplicationId: string;
  /** What the message is about, as faults name it. */
  readonly name: string;
}

export interface MessageSenderOptions extends QueueName {
  readonly queueUrl: string;
  /** The environment variable that holds the URL. */
  readonly variable: string;
  /** Bytes of messages in one request, and so of one message. */
  readonly maxBatchBytes: number;
  /** What to set where a message is too large for this setting, or for the queue. */
  readonly sizeAdvice: string;
  /** Requests under way at a time in one call, at least 1. */
  readonly concurrency: number;
}

/**
 * Sends messages in as few requests as ten entries and the bytes allow. Faults of a message: `permanent` when it is
 * larger than SQS ever takes, or has characters that SQS never takes (`InvalidMessageContents`); `configuration` when it
 * is larger than the queue or `maxBatchBytes` allow, when it is refused for anything else, or when the queue, the
 * credentials or the region are wrong; otherwise `transient`.
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
   * Sends a message for each item. One result per item, in the order given; batches go in parallel, in any order.
   * `done` means durably accepted; a Fault means that the message may or may not have been. What `messageOf` throws
   * is its item's Fault. Rejects once `signal` is aborted: no further request starts, and those under way are broken off.
   */
  async send<T>(items: readonly T[], messageOf: (item: T) => Message, signal?: AbortSignal): Promise<Done[]> {
    const results = new Array<Done>(items.length);
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
    for (const { message, index } of oversized) results[index] = this.#oversized(message);
    const outcomes = await splitRefused([batches], this.#options.concurrency, (batch) =>
      this.#sendBatch(batch, signal),
    );
    for (const [{ index }, outcome] of outcomes) results[index] = outcome;
    return results;
  }

  /** Sends one batch; the outcome of each of its messages, in their order. */
  async #sendBatch(batch: readonly Indexed[], signal: AbortSignal | undefined): Promise<readonly Done[]> {
    signal?.throwIfAborted();
    const command = new SendMessageBatchCommand(
      plain({
        QueueUrl: this.#options.queueUrl,
        Entries: batch.map((entry) => this.#request(entry)),
      }),
    );
    try {
      const { Successful = [], Failed = [] } = await this.#client.send(command, abortableBy(signal));
      const sent = new Set(Successful.map(({ Id }) => Id));
      const failed = new Map(Failed.map((failure) => [failure.Id, failure]));
      return batch.map((entry) => {
        const failure = failed.get(entryId(entry));
        if (failure !== undefined) return this.#refusedAlone(entry.message, errorOf(failure));
        return sent.has(entryId(entry)) ? 'done' : this.#unanswered(entry.message);
      });
    } catch (error) {
      signal?.throwIfAborted();
      const [first, ...others] = batch;
      if (first !== undefined && others.length === 0) return [this.#refusedAlone(first.message, error)];
      const fault = translateError(error, this.#used);
      return batch.map(() => fault);
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

  #refusedAlone(message: Message, error: unknown): Fault {
    const fault = translateError(error, this.#used);
    const { kind, cause, reason } = fault;
    if (isTooLarge(fault)) return this.#tooLarge(message, `it was refused (${(error as Error).name})`, cause);
    const text = `the message for ${message.name}: ${fault.message}`;
    if (fault instanceof Refusal) return new Refusal(fault.refused, text, { cause, reason });
    // What stands in the way of all messages needs no name of one.
    return kind === 'configuration' ? fault : new Fault(kind, text, { cause, reason });
  }

  #unanswered({ name }: Message): Fault {
    return new Fault(
      'transient',
      `${this.#used.resource} did not say whether it accepted the message for ${name}`,
      { reason: `${this.#used.resource} did not say whether it accepted messages` },
    );
  }

  /** Of a message that SQS could take, if it were let. */
  #tooLarge({ name, bytes }: Message, why: string, cause?: unknown): Refusal {
    return new Refusal(
      'size',
      `the message for ${name} is ${bytes} bytes, too large for ${this.#used.resource}: ${why}; ${this.#options.sizeAdvice}`,
      {
        reason: `messages are too large for ${this.#used.resource}`,
        ...(cause === undefined ? {} : { cause }),
      },
    );
  }

  #oversized(message: Message): Fault {
    const { name, bytes } = message;
    const { maxBatchBytes } = this.#options;
    if (bytes <= MAX_BATCH_BYTES)
      return this.#tooLarge(message, `requests are limited to ${maxBatchBytes} bytes`);
    return largeMessageFault(name, bytes);
  }
}

interface Indexed {
  readonly message: Message;
  /** Its place in the call. */
  readonly index: number;
}

/** Of one that the queue, or `maxBatchBytes`, does not let pass. */
export function isTooLarge(result: unknown): boolean {
  return result instanceof Refusal && result.refused === 'size';
}

/** Unique within a batch, as it is within the call. */
function entryId({ index }: Indexed): string {
  return String(index);
}

import { randomUUID } from 'node:crypto';
import {
  type BatchResultErrorEntry,
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import pMap from 'p-map';
import {
  type ReceivedAction,
  type ReceiveOptions,
  SearchActionSource,
} from '../../../application/ports/search-action-source.ts';
import type { Done } from '../../../application/result.ts';
import { Fault } from '../../../domain/fault.ts';
import { DEFAULT_CONCURRENCY } from '../client-defaults.ts';
import { abortableBy } from '../clients.ts';
import type { AwsResource } from '../error-message.ts';
import { plain } from '../plain-requests.ts';
import { translateError } from '../translate-error.ts';
import { errorOf } from './entry-error.ts';
import { MAX_ENTRIES } from './limits.ts';
import { parseSearchQueueUrl, SEARCH_QUEUE_VARIABLE } from './queue-url.ts';
import { ATTRIBUTES, receivedAction } from './received-action.ts';

export interface SqsSearchActionSourceOptions {
  /** URL of the queue, a FIFO queue. */
  readonly queueUrl: string;
  /** For how long a message that was received stays hidden, in milliseconds: whole seconds, rounded up, up to 12 hours. */
  readonly visibilityMs: number;
  /** Accept a standard queue, which neither keeps the order nor deduplicates: both are left to the index's fence. */
  readonly allowStandard?: boolean;
  /** Requests under way at a time in one call, at least 1. */
  readonly concurrency?: number;
}

/** Milliseconds that SQS waits at most. */
const LONGEST_WAIT = 20_000;

/** Milliseconds until a receive is given up: what answers after a long wait must not be given up as other requests are. */
const ANSWERS_WITHIN = LONGEST_WAIT + 5_000;

/** Seconds that SQS hides a message for at most. */
const LONGEST_DELAY = 43_200;

/**
 * Search actions from an SQS FIFO queue: ten messages a receive at most, and ten a request to acknowledge, give back or
 * extend them. SQS delivers no message of a group while an earlier one is hidden. The visibility is asked for with every
 * receive, whatever the queue's own is.
 *
 * A receive whose answer is lost is tried again by the SDK as the same attempt, and so gives the same messages. Groups are
 * documents, as `messageOf` says why. On a standard queue each message is a group of its own, and an acknowledgement that
 * comes too late may be `done` although the message is delivered again.
 */
export class SqsSearchActionSource extends SearchActionSource {
  readonly visibilityMs: number;
  readonly #client: Pick<SQSClient, 'send'>;
  readonly #queueUrl: string;
  readonly #isFifo: boolean;
  readonly #concurrency: number;
  readonly #used: AwsResource;

  /** @throws Fault `configuration` when the URL is no queue's, or that of a standard queue which is not allowed. */
  constructor(
    client: Pick<SQSClient, 'send'>,
    {
      queueUrl,
      visibilityMs,
      allowStandard = false,
      concurrency = DEFAULT_CONCURRENCY,
    }: SqsSearchActionSourceOptions,
  ) {
    super();
    const { name, fifo } = parseSearchQueueUrl(queueUrl, allowStandard);
    this.visibilityMs = visibilityMs;
    this.#client = client;
    this.#queueUrl = queueUrl;
    this.#isFifo = fifo;
    this.#concurrency = concurrency;
    this.#used = { resource: `queue ${name}`, variable: SEARCH_QUEUE_VARIABLE };
  }

  override async receive({ max, waitMs, signal }: ReceiveOptions): Promise<readonly ReceivedAction[]> {
    if (signal?.aborted) return [];
    const command = new ReceiveMessageCommand(
      plain({
        QueueUrl: this.#queueUrl,
        MaxNumberOfMessages: Math.min(max, MAX_ENTRIES),
        WaitTimeSeconds: secondsOf(Math.min(waitMs, LONGEST_WAIT)),
        VisibilityTimeout: secondsOf(this.visibilityMs),
        MessageSystemAttributeNames: [...ATTRIBUTES],
        ...(this.#isFifo && { ReceiveRequestAttemptId: randomUUID() }),
      }),
    );
    try {
      const { Messages = [] } = await this.#client.send(command, {
        ...abortableBy(signal),
        requestTimeout: ANSWERS_WITHIN,
      });
      return Messages.map(toAction);
    } catch (error) {
      if (signal?.aborted) return [];
      throw translateError(error, this.#used);
    }
  }

  override acknowledge(received: readonly ReceivedAction[]): Promise<readonly Done[]> {
    return this.#inBatches(received, async (entries) =>
      this.#client.send(new DeleteMessageBatchCommand(plain({ QueueUrl: this.#queueUrl, Entries: entries }))),
    );
  }

  override async giveBack(received: readonly ReceivedAction[], delayMs: number): Promise<readonly Done[]> {
    const results = await this.#hide(received, secondsOf(delayMs));
    // Of one that is somebody else's by now, or nobody's, nothing has to be done.
    return results.map((result) => (isLost(result) ? 'done' : result));
  }

  override extend(received: readonly ReceivedAction[]): Promise<readonly Done[]> {
    return this.#hide(received, secondsOf(this.visibilityMs));
  }

  #hide(received: readonly ReceivedAction[], VisibilityTimeout: number): Promise<readonly Done[]> {
    return this.#inBatches(received, async (entries) =>
      this.#client.send(
        new ChangeMessageVisibilityBatchCommand(
          plain({
            QueueUrl: this.#queueUrl,
            Entries: entries.map((entry) => ({ ...entry, VisibilityTimeout })),
          }),
        ),
      ),
    );
  }

  /** Ten at a time; what a request as a whole is refused for is the result of all of its messages. */
  async #inBatches(
    received: readonly ReceivedAction[],
    send: (entries: Entry[]) => Promise<Answer>,
  ): Promise<readonly Done[]> {
    const results = await pMap(
      batchesOf(received),
      async (batch) => {
        try {
          const { Successful = [], Failed = [] } = await send(batch.map(entryOf));
          const done = new Set(Successful.map(({ Id }) => Id));
          const failed = new Map(Failed.map((failure) => [failure.Id, failure]));
          return batch.map((one, index) =>
            this.#resultOf(one, done.has(String(index)), failed.get(String(index))),
          );
        } catch (error) {
          const fault = translateError(error, this.#used);
          return batch.map(() => fault);
        }
      },
      { concurrency: this.#concurrency },
    );
    return results.flat();
  }

  #resultOf({ message }: ReceivedAction, isDone: boolean, failure: BatchResultErrorEntry | undefined): Done {
    if (failure !== undefined) return this.#faultOf(message, failure);
    if (isDone) return 'done';
    return new Fault('transient', `${this.#used.resource} did not say what became of message ${message}`, {
      reason: `${this.#used.resource} did not say what became of messages`,
    });
  }

  #faultOf(message: string, failure: BatchResultErrorEntry): Fault {
    const { Code = '', Message = '' } = failure;
    const { resource } = this.#used;
    if (!GONE_CODES.test(Code) && !GONE_MESSAGE.test(Message))
      return translateError(errorOf(failure), this.#used);
    return new Fault('conflict', `${resource}: message ${message} is no longer this receiver's (${Code})`, {
      reason: `${resource}: messages were no longer this receiver's`,
    });
  }
}

interface Entry {
  readonly Id: string;
  readonly ReceiptHandle: string;
}

interface Answer {
  readonly Successful?: readonly { readonly Id: string | undefined }[] | undefined;
  readonly Failed?: readonly BatchResultErrorEntry[] | undefined;
}

/**
 * How SQS says that a message was deleted, or is visible again or somebody else's. Of a FIFO queue, also with the code
 * `InvalidParameterValue`, which it has for much else:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html
 */
const GONE_CODES = /(?:^|\.)(?:ReceiptHandleIsInvalid|MessageNotInflight)(?:Exception)?$/;
const GONE_MESSAGE =
  /receipt handle has expired|does not exist or is not available for visibility timeout change/i;

function isLost(result: Done): boolean {
  return Fault.is(result) && result.kind === 'conflict';
}

function entryOf({ receipt }: ReceivedAction, index: number): Entry {
  return { Id: String(index), ReceiptHandle: receipt };
}

function batchesOf<T>(items: readonly T[]): readonly T[][] {
  const batches: T[][] = [];
  for (let from = 0; from < items.length; from += MAX_ENTRIES)
    batches.push(items.slice(from, from + MAX_ENTRIES));
  return batches;
}

function toAction({
  MessageId = '',
  ReceiptHandle = '',
  Body = '',
  Attributes = {},
}: Message): ReceivedAction {
  return receivedAction({ id: MessageId, receipt: ReceiptHandle, body: Body, attributes: Attributes });
}

function secondsOf(ms: number): number {
  return Math.min(Math.ceil(ms / 1_000), LONGEST_DELAY);
}

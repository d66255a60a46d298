import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { type GivenUp, type GivenUpMessage, GivenUpMessages } from '../../../application/ports/given-up.ts';
import type { Done } from '../../../application/result.ts';
import { Fault } from '../../../domain/fault.ts';
import { abortableBy } from '../clients.ts';
import type { AwsResource } from '../error-message.ts';
import { plain } from '../plain-requests.ts';
import { translateError } from '../translate-error.ts';
import { errorOf } from './entry-error.ts';
import { MAX_ENTRIES } from './limits.ts';
import { parseQueueUrl } from './queue-url.ts';

export interface SqsGivenUpOptions {
  /** URL of the queue, standard or FIFO. */
  readonly queueUrl: string;
  /** Where that was given, for messages. */
  readonly setting: string;
  /** What the text of a message holds. Never throws. */
  readonly holdsOf: (body: string) => readonly GivenUp[];
  /** For how long a message that was received stays hidden, in seconds. */
  readonly visibilitySeconds?: number;
  /** How long to wait for a first message, in seconds: a short look does not ask all of a queue's servers. */
  readonly waitSeconds?: number;
}

/** Milliseconds until a receive is given up: what answers after a long wait must not be given up as other requests are. */
const ANSWERS_WITHIN = 25_000;

/**
 * What was given up and is on an SQS queue: the quarantine, dead letters, a failure destination. Ten messages at a time.
 *
 * On a FIFO queue, what waits behind a message of its group is received once that is acknowledged, and not at all while it stays: the
 * order is kept. Whoever ends without closing leaves what it has hidden until its visibility ends.
 */
export class SqsGivenUp extends GivenUpMessages {
  readonly #client: Pick<SQSClient, 'send'>;
  readonly #options: Required<SqsGivenUpOptions>;
  readonly #used: AwsResource;
  /** Received and not acknowledged, by their places: what comes again in a long run has been seen. */
  readonly #held = new Map<string, string>();

  /** @throws Fault `configuration` when the URL is no queue's. */
  constructor(client: Pick<SQSClient, 'send'>, options: SqsGivenUpOptions) {
    super();
    const { name } = parseQueueUrl(options.queueUrl, options.setting);
    this.#client = client;
    this.#options = { visibilitySeconds: 600, waitSeconds: 1, ...options };
    this.#used = { resource: `queue ${name}`, variable: options.setting };
  }

  override async receive(signal?: AbortSignal): Promise<readonly GivenUpMessage[]> {
    const { queueUrl, visibilitySeconds, waitSeconds, holdsOf } = this.#options;
    for (;;) {
      signal?.throwIfAborted();
      const found = await this.#send(async () => {
        const { Messages = [] } = await this.#client.send(
          new ReceiveMessageCommand(
            plain({
              QueueUrl: queueUrl,
              MaxNumberOfMessages: MAX_ENTRIES,
              WaitTimeSeconds: waitSeconds,
              VisibilityTimeout: visibilitySeconds,
            }),
          ),
          { ...abortableBy(signal), requestTimeout: ANSWERS_WITHIN },
        );
        return Messages;
      }, signal);
      if (found.length === 0) return [];
      const messages: GivenUpMessage[] = [];
      for (const { MessageId = '', ReceiptHandle: receipt = '', Body = '' } of found) {
        const place = `message ${MessageId}`;
        if (!this.#held.has(place)) messages.push({ place, receipt, holds: holdsOf(Body) });
        this.#held.set(place, receipt);
      }
      // All that is left has been seen, and stays.
      if (messages.length > 0) return messages;
    }
  }

  override async acknowledge(messages: readonly GivenUpMessage[]): Promise<readonly Done[]> {
    const results: Done[] = [];
    for (let from = 0; from < messages.length; from += MAX_ENTRIES) {
      const some = messages.slice(from, from + MAX_ENTRIES);
      results.push(...(await this.#delete(some)));
    }
    for (const [index, { place }] of messages.entries())
      if (results[index] === 'done') this.#held.delete(place);
    return results;
  }

  override async close(): Promise<void> {
    const receipts = [...this.#held.values()];
    this.#held.clear();
    for (let from = 0; from < receipts.length; from += MAX_ENTRIES) {
      const Entries = receipts.slice(from, from + MAX_ENTRIES).map((ReceiptHandle, index) => ({
        ...{ Id: String(index), ReceiptHandle, VisibilityTimeout: 0 },
      }));
      // What is refused here is somebody else's by now, or comes back by itself.
      await this.#send(() =>
        this.#client.send(
          new ChangeMessageVisibilityBatchCommand(plain({ QueueUrl: this.#options.queueUrl, Entries })),
        ),
      );
    }
  }

  async #delete(messages: readonly GivenUpMessage[]): Promise<readonly Done[]> {
    const Entries = messages.map(({ receipt }, index) => ({ Id: String(index), ReceiptHandle: receipt }));
    const { Successful = [], Failed = [] } = await this.#send(() =>
      this.#client.send(new DeleteMessageBatchCommand(plain({ QueueUrl: this.#options.queueUrl, Entries }))),
    );
    const done = new Set(Successful.map(({ Id }) => Id));
    const failed = new Map(Failed.map((failure) => [failure.Id, failure]));
    return messages.map(({ place }, index): Done => {
      const failure = failed.get(String(index));
      if (failure !== undefined) return translateError(errorOf(failure), this.#used);
      if (done.has(String(index))) return 'done';
      return new Fault('transient', `${this.#used.resource} did not say what became of ${place}`);
    });
  }

  async #send<T>(send: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    try {
      return await send();
    } catch (error) {
      signal?.throwIfAborted();
      throw translateError(error, this.#used);
    }
  }
}

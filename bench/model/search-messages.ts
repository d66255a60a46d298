import {
  type ReceivedAction,
  type ReceiveOptions,
  SearchActionSource,
} from '../../src/application/ports/search-action-source.ts';
import type { Done } from '../../src/application/result.ts';
import { receivedAction } from '../../src/adapters/aws/sqs/received-action.ts';
import { DEFAULT_CONCURRENCY } from '../../src/adapters/aws/client-defaults.ts';
import { REAL_TIME } from './model-time.ts';

/** Messages that SQS gives or takes in one request. */
export const MAX_ENTRIES = 10;

/** Milliseconds until it is said that there is nothing. */
const EMPTY_MS = 20;

/**
 * The search queue as SQS gives it: ten messages a receive, ten a request to acknowledge them, each a latency. Its clients'
 * own time is not in it. Each message is of a document of its own, or comes when the one before it is done; none comes twice.
 */
export class ModelledMessages extends SearchActionSource {
  override readonly visibilityMs = 600_000;
  readonly #bodies: Iterator<string>;
  readonly #latencyMs: number;
  #received = 0;

  constructor(bodies: Iterable<string>, latencyMs: number) {
    super();
    this.#bodies = bodies[Symbol.iterator]();
    this.#latencyMs = latencyMs;
  }

  override async receive({ max }: Pick<ReceiveOptions, 'max'>): Promise<readonly ReceivedAction[]> {
    const received = (await this.take(max)).map((body) => {
      const id = String(++this.#received);
      const attributes = { ApproximateReceiveCount: '1', SentTimestamp: '1767571200000', MessageGroupId: id };
      return receivedAction({ id, receipt: id, body, attributes });
    });
    return received;
  }

  /** The messages' text, for those who read it themselves. */
  async take(max: number): Promise<readonly string[]> {
    await REAL_TIME.pause(this.#latencyMs);
    const bodies: string[] = [];
    while (bodies.length < Math.min(max, MAX_ENTRIES)) {
      const next = this.#bodies.next();
      if (next.done === true) break;
      bodies.push(next.value);
    }
    // As a queue that is asked to wait does: who is told at once would ask again and again.
    if (bodies.length === 0) await REAL_TIME.pause(EMPTY_MS);
    return bodies;
  }

  override async acknowledge(received: readonly unknown[]): Promise<readonly Done[]> {
    await REAL_TIME.pause(this.#latencyMs * Math.ceil(received.length / MAX_ENTRIES / DEFAULT_CONCURRENCY));
    return received.map(() => 'done');
  }

  override async giveBack(): Promise<readonly Done[]> {
    throw new Error('a message was given back: nothing must fail here');
  }

  override async extend(received: readonly ReceivedAction[]): Promise<readonly Done[]> {
    return received.map(() => 'done');
  }
}

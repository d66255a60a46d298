import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { DynamoDBRecord } from 'aws-lambda';
import { DynamoDbStreamSource } from '../../src/adapters/aws/streams/dynamodb-stream-source.ts';
import { MemoryShardStates } from '../../src/adapters/memory/memory-shard-states.ts';
import {
  SystemClock,
  SystemMonotonicClock,
  SystemRandom,
  SystemSleeper,
} from '../../src/adapters/system/system.ts';
import { WinstonLogger } from '../../src/adapters/winston/winston-logger.ts';
import { ReadStream } from '../../src/application/read-stream/read-stream.ts';

export interface ReadOptions {
  /**
   * End once this reader has read this many records in all its calls. Otherwise it ends when nothing has come for
   * `quietMs`.
   */
  readonly records?: number;
  /** How long the stream must be quiet to count as read. Default 250, with `records` 15,000. */
  readonly quietMs?: number;
}

/** Takes consecutive records of one shard, in order. */
export type Deliver = (records: readonly DynamoDBRecord[]) => Promise<unknown>;

const PAUSE_MS = 25;

/** Reads a table's stream from its beginning, as Lambda does for a function. Each call goes on where the last one stopped. */
export class StreamReader {
  readonly #source: DynamoDbStreamSource;
  readonly #states = new MemoryShardStates();
  #read = 0;

  constructor(client: DynamoDBStreamsClient, streamArn: string) {
    this.#source = new DynamoDbStreamSource(client, streamArn);
  }

  /** Records read and delivered so far. */
  get recordsRead(): number {
    return this.#read;
  }

  /** How many shards the stream has had so far. */
  async shards(): Promise<number> {
    return (await this.#states.load(this.#source.arn)).length;
  }

  /**
   * Delivers records as they come, and also those that are caused thereby.
   *
   * @throws what `deliver` throws: those records come again with the next call. Error when the stream is quiet before
   *   `records` have come.
   */
  async read(
    deliver: Deliver,
    { records, quietMs = records === undefined ? 250 : 15_000 }: ReadOptions = {},
  ): Promise<void> {
    const isEnough = () => records !== undefined && this.#read >= records;
    // One that reads once takes what is new for the end, so the next one looks.
    for (let before = -1; !isEnough() && this.#read > before;) {
      before = this.#read;
      await this.#readOnce(deliver, isEnough, Math.ceil(quietMs / PAUSE_MS));
    }
    if (records !== undefined && !isEnough())
      throw new Error(`only ${this.#read} of ${records} records came from ${this.#source.arn}`);
  }

  async #readOnce(deliver: Deliver, isEnough: () => boolean, quietPages: number): Promise<void> {
    const stop = new AbortController();
    let failure: { readonly error: unknown } | undefined;
    const handle = async (records: readonly unknown[]) => {
      try {
        await deliver(records as readonly DynamoDBRecord[]);
      } catch (error) {
        failure = { error };
        stop.abort();
        throw error;
      }
      this.#read += records.length;
      if (isEnough()) stop.abort();
      return records.map(() => 'done' as const);
    };
    const reader = new ReadStream(
      {
        ...{ source: this.#source, states: this.#states, handle, owner: 'local' },
        ...{ clock: new SystemClock(), monotonic: new SystemMonotonicClock() },
        ...{ sleeper: new SystemSleeper(), random: new SystemRandom() },
        logger: new WinstonLogger({ level: 'error', stream: process.stderr, readable: false }),
      },
      { once: true, pagesPerSecond: 1_000 / PAUSE_MS, quietPages, batchMs: 3_600_000 },
    );
    await reader.run(stop.signal);
    if (failure !== undefined) throw failure.error;
  }
}

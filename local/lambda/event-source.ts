import { setTimeout as sleepFor } from 'node:timers/promises';
import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';

/** A function as Lambda calls it. */
export type Handler = (event: DynamoDBStreamEvent) => Promise<unknown>;

export interface EventSourceOptions {
  /** Most records per invocation. */
  readonly batchSize: number;
  /** Attempts without any progress after which the rest of a batch is given up. Default 10. */
  readonly maxAttempts?: number;
  /** Waits between attempts; the pauses double from 50 ms to 2 s. */
  readonly sleep?: (milliseconds: number) => Promise<unknown>;
  /** Called before every invocation. */
  readonly onInvocation?: (records: number) => void;
}

export interface EventSourceCounts {
  readonly invocations: number;
  /** Records that are handled or given up. */
  readonly records: number;
  /** Invocations that repeated records of the one before. */
  readonly redeliveries: number;
  /** Invocations that threw, or whose response is invalid for Lambda. */
  readonly errors: number;
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

/**
 * Behaves like Lambda's event source mapping with `ReportBatchItemFailures`: delivers records in order and in batches,
 * and redelivers from the lowest sequence number that the function reports as failed, or the whole batch when the
 * function throws or its response is invalid.
 */
export class EventSource {
  readonly #handler: Handler;
  readonly #options: EventSourceOptions;
  readonly #givenUp: DynamoDBRecord[] = [];
  #counts = { invocations: 0, records: 0, redeliveries: 0, errors: 0 };
  #lastError: unknown;

  constructor(handler: Handler, options: EventSourceOptions) {
    if (!(options.batchSize >= 1))
      throw new RangeError(`batchSize is ${options.batchSize}; expected 1 or more`);
    this.#handler = handler;
    this.#options = options;
  }

  get counts(): EventSourceCounts {
    return this.#counts;
  }

  /** Records that failed in every attempt, which Lambda would send to the on-failure destination. */
  get givenUp(): readonly DynamoDBRecord[] {
    return this.#givenUp;
  }

  /** What the function threw last, or why its response was invalid. */
  get lastError(): unknown {
    return this.#lastError;
  }

  /** Delivers records of one shard, in order; resolves when each is handled or given up. Never rejects. */
  async deliver(records: readonly DynamoDBRecord[]): Promise<void> {
    const { batchSize } = this.#options;
    for (let from = 0; from < records.length; from += batchSize)
      await this.#deliverBatch(records.slice(from, from + batchSize));
  }

  async #deliverBatch(batch: readonly DynamoDBRecord[]): Promise<void> {
    const { maxAttempts = 10, sleep = sleepFor } = this.#options;
    let left = batch;
    for (let attempt = 1; left.length > 0; attempt++) {
      const failed = await this.#invoke(left);
      const done = left.length - failed.length;
      this.#counts.records += done;
      if (done > 0) attempt = 1;
      left = failed;
      if (left.length === 0) return;
      if (attempt >= maxAttempts) {
        this.#givenUp.push(...left);
        this.#counts.records += left.length;
        return;
      }
      this.#counts.redeliveries++;
      await sleep(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1)));
    }
  }

  /** Returns what has to be delivered again. */
  async #invoke(records: readonly DynamoDBRecord[]): Promise<readonly DynamoDBRecord[]> {
    this.#counts.invocations++;
    this.#options.onInvocation?.(records.length);
    try {
      // Through JSON, as Lambda does: the function may alter what it gets.
      const event = JSON.parse(JSON.stringify({ Records: records })) as DynamoDBStreamEvent;
      const lowest = lowestFailure(await this.#handler(event), records);
      return lowest === undefined ? [] : records.filter((record) => sequenceOf(record) >= lowest);
    } catch (error) {
      this.#counts.errors++;
      this.#lastError = error;
      return records;
    }
  }
}

/**
 * The lowest reported sequence number; undefined when nothing is reported.
 *
 * @throws Error when the response is invalid: for Lambda the whole batch has failed then.
 */
function lowestFailure(response: unknown, records: readonly DynamoDBRecord[]): bigint | undefined {
  if (response === undefined || response === null) return undefined;
  const failures = (response as { batchItemFailures?: unknown }).batchItemFailures ?? [];
  if (!Array.isArray(failures)) throw new Error('batchItemFailures is not an array');
  const known = new Set(records.map(sequenceOf));
  let lowest: bigint | undefined;
  for (const failure of failures as readonly unknown[]) {
    const identifier = (failure as { itemIdentifier?: unknown } | null)?.itemIdentifier;
    const sequence =
      typeof identifier === 'string' && /^\d+$/.test(identifier) ? BigInt(identifier) : undefined;
    if (sequence === undefined || !known.has(sequence))
      throw new Error(`batchItemFailures has ${JSON.stringify(identifier)}, which is not in the batch`);
    if (lowest === undefined || sequence < lowest) lowest = sequence;
  }
  return lowest;
}

/** Sequence numbers differ in length and exceed 2^64. */
function sequenceOf(record: DynamoDBRecord): bigint {
  return BigInt(record.dynamodb?.SequenceNumber ?? 0);
}

import { setTimeout as sleepFor } from 'node:timers/promises';
import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';

/** A function as Lambda calls it. */
export type Handler = (event: DynamoDBStreamEvent) => Promise<unknown>;

export interface EventSourceOptions {
  /** Most records an invocation. */
  readonly batchSize: number;
  /** How often the same records are tried without any of them succeeding, before they are given up. Default 10. */
  readonly maxAttempts?: number;
  /** Waits between attempts. Default: really, for a time that doubles from 50 ms to 2 s. */
  readonly sleep?: (milliseconds: number) => Promise<unknown>;
  /** Called before every invocation. */
  readonly onInvocation?: (records: number) => void;
}

export interface EventSourceCounts {
  readonly invocations: number;
  /** Records that are done with, given up or not. */
  readonly records: number;
  /** Invocations that repeated records of the one before. */
  readonly redeliveries: number;
  /** Invocations that threw, or whose answer Lambda would not understand. */
  readonly errors: number;
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

/**
 * Plays Lambda's event source mapping with `ReportBatchItemFailures`: delivers records in order and in batches, and
 * delivers again what the function reports as failed, from the lowest reported sequence number on; the whole
 * batch when the function throws or answers what Lambda does not understand.
 */
export class EventSource {
  readonly #handler: Handler;
  readonly #options: EventSourceOptions;
  readonly #givenUp: DynamoDBRecord[] = [];
  #counts = { invocations: 0, records: 0, redeliveries: 0, errors: 0 };
  #lastError: unknown;

  constructor(handler: Handler, options: EventSourceOptions) {
    if (!(options.batchSize >= 1)) throw new RangeError(`batchSize must be 1 or more: ${options.batchSize}`);
    this.#handler = handler;
    this.#options = options;
  }

  get counts(): EventSourceCounts {
    return this.#counts;
  }

  /** Records that were tried as often as allowed, which Lambda would send to the on-failure destination. */
  get givenUp(): readonly DynamoDBRecord[] {
    return this.#givenUp;
  }

  /** What the function threw last, or why its answer was not understood. */
  get lastError(): unknown {
    return this.#lastError;
  }

  /** Delivers records of one shard, in their order; resolves when each is handled or given up. Never rejects. */
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
      // Through JSON, as Lambda does: what is no JSON does not arrive, and the function may alter what it gets.
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
 * @throws Error when the answer is not of the form that Lambda understands: it then takes the whole batch as failed.
 */
function lowestFailure(response: unknown, records: readonly DynamoDBRecord[]): bigint | undefined {
  if (response === undefined || response === null) return undefined;
  const failures = (response as { batchItemFailures?: unknown }).batchItemFailures ?? [];
  if (!Array.isArray(failures)) throw new Error('batchItemFailures is no list');
  const known = new Set(records.map(sequenceOf));
  let lowest: bigint | undefined;
  for (const failure of failures as readonly unknown[]) {
    const identifier = (failure as { itemIdentifier?: unknown } | null)?.itemIdentifier;
    const sequence =
      typeof identifier === 'string' && /^\d+$/.test(identifier) ? BigInt(identifier) : undefined;
    if (sequence === undefined || !known.has(sequence))
      throw new Error(`batchItemFailures names no record of the batch: ${JSON.stringify(identifier)}`);
    if (lowest === undefined || sequence < lowest) lowest = sequence;
  }
  return lowest;
}

/** Sequence numbers differ in length and pass 2^64. */
function sequenceOf(record: DynamoDBRecord): bigint {
  return BigInt(record.dynamodb?.SequenceNumber ?? 0);
}

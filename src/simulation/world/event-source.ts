import type { Random } from '../../random/random.ts';
import { hashOf } from './chance.ts';
import type { Counts } from './counts.ts';
import type { Entry } from './entry.ts';
import type { Answer } from './function-pool.ts';
import type { Invocation } from './instance.ts';
import type { Scheduler } from './scheduler.ts';
import { SECOND, type Settings } from './settings.ts';
import type { Shard, StreamListener, StreamReading } from './stream.ts';

interface EventSourceParts {
  readonly settings: Settings;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly counts: Counts;
  readonly invoke: (entries: readonly Entry[], answer: (answer: Answer) => void) => void;
  /** Records are done with, for the stream. */
  readonly acknowledged: (invocation: Invocation, entries: readonly Entry[]) => void;
  /** Records were tried as often or as long as they may be. */
  readonly givenUp: (entries: readonly Entry[]) => void;
}

interface Waiting {
  readonly entry: Entry;
  readonly since: number;
}

interface Batch {
  readonly entries: readonly Waiting[];
  readonly attempts: number;
}

/** Lambda's event source mapping of one stream: reads its shards, in their order, and keeps order for each item. */
export class EventSource implements StreamListener, StreamReading {
  readonly #parts: EventSourceParts;
  readonly #readers = new Map<Shard, ShardReader>();
  #enabled: boolean;

  /** @param enabled whether it reads from the beginning on. */
  constructor(parts: EventSourceParts, enabled: boolean) {
    this.#parts = parts;
    this.#enabled = enabled;
  }

  get finished(): boolean {
    return [...this.#readers.values()].every(({ finished }) => finished);
  }

  /** Lambda reads all within the day that records are kept. */
  lossOf(): undefined {
    return undefined;
  }

  enable(): void {
    this.#enabled = true;
    this.#start();
  }

  hold(milliseconds: number): void {
    for (const reader of this.#readers.values()) reader.hold(milliseconds);
  }

  opened(shard: Shard): void {
    this.#readers.set(
      shard,
      new ShardReader(shard, this.#parts, () => {
        this.#start();
      }),
    );
    this.#start();
  }

  #start(): void {
    if (this.#enabled) for (const reader of this.#readers.values()) reader.startIf(this.#isFinished);
  }

  appended(shard: Shard, entry: Entry): void {
    this.#readers.get(shard)?.append(entry);
  }

  closed(shard: Shard): void {
    this.#readers.get(shard)?.close();
  }

  readonly #isFinished = (shard: Shard) => this.#readers.get(shard)?.finished === true;
}

/** Reads one shard: in lanes, each of which handles its items' records one batch after another. */
class ShardReader {
  readonly #shard: Shard;
  readonly #lanes: readonly Lane[];
  readonly #onFinished: () => void;
  #started = false;
  #finished = false;

  constructor(shard: Shard, parts: EventSourceParts, onFinished: () => void) {
    this.#shard = shard;
    this.#onFinished = onFinished;
    this.#lanes = Array.from(
      { length: parts.settings.lanes },
      () => new Lane(parts, () => this.#checkFinished()),
    );
  }

  get finished(): boolean {
    return this.#finished;
  }

  append(entry: Entry): void {
    this.#lanes[(hashOf(`lane ${entry.key}`) >>> 0) % this.#lanes.length]?.append(entry);
  }

  startIf(isFinished: (shard: Shard) => boolean): void {
    if (this.#started || !this.#shard.parents.every(isFinished)) return;
    this.#started = true;
    for (const lane of this.#lanes) lane.start();
    this.#checkFinished();
  }

  hold(milliseconds: number): void {
    for (const lane of this.#lanes) lane.hold(milliseconds);
  }

  close(): void {
    for (const lane of this.#lanes) lane.wake();
    this.#checkFinished();
  }

  #checkFinished(): void {
    if (this.#finished || !this.#started || !this.#shard.closed) return;
    if (!this.#lanes.every(({ empty }) => empty)) return;
    this.#finished = true;
    this.#onFinished();
  }
}

class Lane {
  readonly #parts: EventSourceParts;
  readonly #onEmpty: () => void;
  readonly #waiting: Waiting[] = [];
  /** What is under way, to be done in this order. */
  #batches: Batch[] = [];
  #started = false;

  constructor(parts: EventSourceParts, onEmpty: () => void) {
    this.#parts = parts;
    this.#onEmpty = onEmpty;
  }

  get empty(): boolean {
    return this.#waiting.length === 0 && this.#batches.length === 0;
  }

  start(): void {
    this.#started = true;
    this.wake();
  }

  hold(milliseconds: number): void {
    this.#started = false;
    this.#parts.scheduler.in(milliseconds, () => {
      this.start();
    });
  }

  append(entry: Entry): void {
    this.#waiting.push({ entry, since: this.#parts.scheduler.now });
    this.wake();
  }

  wake(): void {
    const { scheduler, settings, random } = this.#parts;
    if (!this.#started) return;
    scheduler.in(random.int(0, settings.windowMs) + random.int(1, 200), () => {
      if (!this.#started || this.#batches.length > 0 || this.#waiting.length === 0) return;
      const size = random.chance(settings.wholeBatches)
        ? settings.batchSize
        : random.int(1, settings.batchSize);
      this.#batches = [{ entries: this.#waiting.splice(0, size), attempts: 0 }];
      this.#next();
    });
  }

  #next(): void {
    const { settings, scheduler, givenUp, invoke } = this.#parts;
    const batch = this.#batches.shift();
    if (batch === undefined) {
      if (this.#waiting.length > 0) this.wake();
      else this.#onEmpty();
      return;
    }
    const { entries, attempts } = batch;
    const isTooOld = ({ since }: Waiting) => attempts > 0 && scheduler.now - since > settings.maxAgeMs;
    const lost = attempts >= settings.maxAttempts ? entries : entries.filter(isTooOld);
    const rest = entries.filter((waiting) => !lost.includes(waiting));
    if (lost.length > 0) givenUp(lost.map(({ entry }) => entry));
    if (rest.length === 0) {
      this.#next();
      return;
    }
    this.#batches.unshift({ entries: rest, attempts });
    invoke(
      rest.map(({ entry }) => entry),
      (answer) => {
        this.#batches.shift();
        this.#answered({ entries: rest, attempts }, answer);
      },
    );
  }

  #answered({ entries, attempts }: Batch, answer: Answer): void {
    const { settings, scheduler, random, acknowledged, counts } = this.#parts;
    const failedFrom = firstFailed(
      answer,
      entries.map(({ entry }) => entry),
    );
    if (answer.kind === 'response')
      acknowledged(
        answer.invocation,
        entries.slice(0, failedFrom).map(({ entry }) => entry),
      );
    if (failedFrom >= entries.length) {
      this.#next();
      return;
    }
    const left = entries.slice(failedFrom);
    counts.add(answer.kind === 'error' ? 'batch failed' : 'batch failed from a record on');
    // A batch that says which record failed is cut there, and need not be halved.
    if (settings.bisect && answer.kind === 'error' && left.length > 1) {
      const middle = Math.ceil(left.length / 2);
      counts.add('batch bisected');
      // Bisecting uses up no attempts.
      this.#batches.unshift(
        { entries: left.slice(0, middle), attempts },
        { entries: left.slice(middle), attempts },
      );
    } else this.#batches.unshift({ entries: left, attempts: attempts + 1 });
    const pause = Math.min(60, 2 ** Math.min(attempts, 6)) * SECOND * random.fraction();
    scheduler.in(pause, () => {
      this.#next();
    });
  }
}

/**
 * From which record on Lambda delivers again: as many as there are when all are done. It takes a batch as failed
 * when the function fails, and when it reports what is not of the batch.
 */
export function firstFailed(answer: Answer, entries: readonly Entry[]): number {
  if (answer.kind === 'error') return 0;
  let first = entries.length;
  for (const { itemIdentifier } of answer.response.batchItemFailures) {
    const index = entries.findIndex(({ position }) => String(position.sequence) === itemIdentifier);
    if (index < 0) return 0;
    first = Math.min(first, index);
  }
  return first;
}

import type { Frontier } from '../../domain/frontier.ts';
import { Bell } from '../bell.ts';
import type { SourceRecord } from '../ports/stream-source.ts';
import { Backoff } from './backoff.ts';
import type { ReadStreamDependencies } from './dependencies.ts';
import { laneOf } from './lane-of.ts';
import { type HeldRecord, RecordLane } from './record-lane.ts';
import type { SharedReading } from './shared-reading.ts';
import { withinTime } from './within-time.ts';

/** Longer waits are cut into such pieces, in milliseconds. */
const WAIT_MS = 60_000;
/** How long a reader waits that cannot be sure of its lease, in milliseconds: it is renewed soon, or lost. */
const UNSURE_MS = 500;

/** A lane that has records, and wakes whoever works on it. */
interface Busy {
  readonly lane: RecordLane;
  readonly bell: Bell;
}

/** Handles the records of one shard, in lanes by item. */
export class ShardHandling {
  readonly #deps: ReadStreamDependencies;
  readonly #shared: SharedReading;
  readonly #shard: string;
  readonly #frontier: Frontier;
  readonly #changed: () => void;
  readonly #pauseAfter: (failures: number) => number;
  /** Those that have records: of many that might, few do. */
  readonly #lanes = new Map<number, Busy>();
  readonly #work = new Set<Promise<void>>();
  /** Aborted when what is being handled is given up. */
  readonly #cut = new AbortController();
  #held = 0;
  #bytes = 0;
  #inFlight = 0;
  #isStopped = false;

  /** @param changed called after each batch. */
  constructor(
    deps: ReadStreamDependencies,
    shared: SharedReading,
    shard: string,
    frontier: Frontier,
    changed: () => void,
  ) {
    this.#deps = deps;
    this.#shared = shared;
    this.#shard = shard;
    this.#frontier = frontier;
    this.#changed = changed;
    const { retryMs, once, onceAttempts } = shared.options;
    const backoff = new Backoff(deps.random, retryMs);
    const isLeft = (failures: number) => once && failures + 1 >= onceAttempts;
    this.#pauseAfter = (failures) => (isLeft(failures) ? Infinity : backoff.after(failures));
  }

  /** How many records are not done. */
  get held(): number {
    return this.#held;
  }

  /** How large they are. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many items wait for one of their records to be tried again. */
  get blockedItems(): number {
    return Array.from(this.#lanes.values()).reduce((sum, { lane }) => sum + lane.blockedItems, 0);
  }

  /** How often what is left has failed at least: 0 while some of it is untried, `Infinity` when nothing is left. */
  get failures(): number {
    return this.#inFlight > 0
      ? 0
      : Math.min(Infinity, ...Array.from(this.#lanes.values(), ({ lane }) => lane.failures));
  }

  /** A record that comes after all that were added before. What was read before is left out. */
  add(source: SourceRecord): void {
    const passing = this.#frontier.read(source.sequence, source.at);
    if (passing === undefined) return;
    this.#held++;
    this.#count(source.bytes);
    // What has no item waits for nothing.
    const item = source.item === '' ? `#${source.sequence}` : `=${source.item}`;
    const record = { source, passing, item, failures: 0 };
    const number = laneOf(item, this.#shared.options.parallelizationFactor);
    const busy = this.#lanes.get(number);
    if (busy === undefined) this.#begin(number, record);
    else {
      busy.lane.add(record);
      // It may wait for another item to be tried again.
      busy.bell.ring();
    }
  }

  /** Begins no batch any more. */
  stop(): void {
    this.#isStopped = true;
    for (const { bell } of this.#lanes.values()) bell.ring();
  }

  /** Ends what is being handled as well. */
  giveUp(): void {
    this.stop();
    this.#cut.abort();
  }

  /** Resolves once nothing is being handled; what is left is held no longer. */
  async ended(): Promise<void> {
    while (this.#work.size > 0) await Promise.all(this.#work);
    this.#shared.bytes.add(-this.#bytes);
    this.#bytes = 0;
  }

  #begin(number: number, record: HeldRecord): void {
    const busy = { lane: new RecordLane(this.#pauseAfter), bell: new Bell(this.#deps.sleeper) };
    busy.lane.add(record);
    this.#lanes.set(number, busy);
    const ends = this.#workOff(number, busy).finally(() => this.#work.delete(ends));
    this.#work.add(ends);
  }

  async #workOff(number: number, { lane, bell }: Busy): Promise<void> {
    const { monotonic } = this.#deps;
    const { batches, isHeld } = this.#shared;
    // Not at once: what came with the first goes with it.
    await Promise.resolve();
    while (!lane.isEmpty && !this.#isStopped) {
      const wait = isHeld(this.#shard) ? lane.dueAt - monotonic.elapsed() : UNSURE_MS;
      if (wait > 0) await bell.wait(Math.min(wait, WAIT_MS));
      else await batches.through(() => this.#handleNext(lane));
    }
    // At once: a record that comes from now on finds nobody who looks for it. What is left of a shard that was stopped stays.
    if (lane.isEmpty) this.#lanes.delete(number);
  }

  async #handleNext(lane: RecordLane): Promise<void> {
    const { monotonic } = this.#deps;
    const { options, isHeld, moved, progressed } = this.#shared;
    if (this.#isStopped || !isHeld(this.#shard)) return;
    const batch = lane.take(options.batchSize, monotonic.elapsed());
    if (batch.length === 0) return;
    this.#inFlight++;
    const failed = await this.#failedOf(batch);
    this.#inFlight--;
    if (failed.length < batch.length) {
      progressed();
      moved(this.#shard, this.#frontier.at);
    }
    lane.settle(batch, failed, monotonic.elapsed());
    this.#changed();
  }

  async #failedOf(batch: readonly HeldRecord[]): Promise<readonly HeldRecord[]> {
    const { monotonic, handle, logger } = this.#deps;
    const until = monotonic.elapsed() + this.#shared.options.batchMs;
    const records = batch.map(({ source }) => source.record);
    let results: Awaited<ReturnType<typeof handle>>;
    try {
      results = await withinTime(this.#deps, until, this.#cut.signal, (limit) => handle(records, limit));
    } catch (error) {
      logger.log('error', 'a batch of the stream was not handled', {
        ...{ shard: this.#shard, records: batch.length, error },
      });
      return batch;
    }
    return batch.filter(({ passing, source }, index) => {
      if (results[index] !== 'done') return true;
      this.#held--;
      this.#count(-source.bytes);
      this.#frontier.done(passing);
      return false;
    });
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    this.#shared.bytes.add(bytes);
  }
}

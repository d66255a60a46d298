import { byId, readable } from '../../domain/shard-order.ts';
import type { ShardState, StreamGap } from '../../domain/shard.ts';
import { Fault } from '../../domain/fault.ts';
import type { ReadStreamDependencies } from './dependencies.ts';
import { GapNoting } from './gap-noting.ts';
import { Gate } from './gate.ts';
import { HeldBytes } from './held-bytes.ts';
import { LeaseKeeping } from './lease-keeping.ts';
import { ShardLister } from './list-shards.ts';
import { READ_STREAM_DEFAULTS, type ReadStreamOptions } from './options.ts';
import { ProgressSaving } from './progress-saving.ts';
import type { ReaderStatus, ReadResult } from './reader-status.ts';
import { ShardNoting } from './shard-noting.ts';
import { ShardReadings } from './shard-readings.ts';
import type { SharedReading } from './shared-reading.ts';
import { SourceTime } from './source-time.ts';
import { Standing } from './standing.ts';
import { StreamListing } from './stream-listing.ts';
import { Wake } from './wake.ts';

/** How long ago the leases may have been looked at by who takes part in reading, in milliseconds: or as long as a lease holds. */
const READY_MS = 10_000;
/** How long frontiers and leases may take at the very end, in milliseconds. */
const LAST_WRITES_MS = 5_000;

/**
 * Reads a stream, alone or with other processes, and handles every record at least once, those of an item in their order. What
 * cannot be read any more is noted as a gap, and reading goes on behind it.
 */
export class ReadStream {
  readonly #deps: ReadStreamDependencies;
  readonly #options: ReadStreamOptions;
  /** Called when leases are to be looked at, or whether it is over. */
  readonly #leaseWake: Wake;
  readonly #saveWake: Wake;
  /** Aborted once nothing more is listed. */
  readonly #stopped = new AbortController();
  /** Aborted once nothing more is written. */
  readonly #closed = new AbortController();
  readonly #time: SourceTime;
  readonly #keeping: LeaseKeeping;
  readonly #saving: ProgressSaving;
  readonly #gaps: GapNoting;
  readonly #noting: ShardNoting;
  readonly #listing: StreamListing;
  readonly #readings: ShardReadings;
  readonly #standing: Standing;
  /** Only `once`: what is to be read. */
  #asked: ReadonlySet<string> | undefined;
  #noted: readonly ShardState[] = [];
  #beganAt = 0;
  /** When the shards were loaded last, by the monotonic clock. */
  #loadedAt = -Infinity;
  #isEndOfStream = false;
  #lastProgressAt: number | undefined;
  #handled = 0;
  /** Only `once`: what keeps shards from being read. */
  #fault: Fault | undefined;

  constructor(deps: ReadStreamDependencies, options: Partial<ReadStreamOptions> = {}) {
    this.#deps = {
      ...deps,
      handle: async (records, limit) => {
        const results = await deps.handle(records, limit);
        this.#handled += results.filter((result) => result === 'done').length;
        return results;
      },
    };
    this.#options = { ...READ_STREAM_DEFAULTS, ...options };
    const { retryMs, requestsAtOnce, batchesAtOnce, heldBytes } = this.#options;
    this.#standing = new Standing(deps.begun);
    this.#leaseWake = new Wake(deps.sleeper);
    this.#saveWake = new Wake(deps.sleeper);
    this.#keeping = new LeaseKeeping(this.#deps, this.#options, (shard) => this.#lost(shard));
    this.#saving = new ProgressSaving(
      deps,
      (shard) => this.#keeping.epochOf(shard),
      (shard) => this.#keeping.lose(shard),
      (shard, epoch) => this.#completed(shard, epoch),
    );
    this.#time = new SourceTime(deps.clock);
    this.#gaps = new GapNoting(deps, this.#closed.signal, this.#time);
    const lister = new ShardLister(deps, this.#stopped.signal, retryMs, this.#time);
    this.#noting = new ShardNoting(deps, lister, this.#gaps, this.#options, this.#closed.signal);
    const signals = { stopped: this.#stopped.signal, closed: this.#closed.signal };
    this.#listing = new StreamListing(deps, this.#noting, this.#gaps, signals);
    const shared: SharedReading = {
      options: this.#options,
      requests: new Gate(requestsAtOnce),
      batches: new Gate(batchesAtOnce),
      bytes: new HeldBytes(heldBytes),
      now: () => this.#time.now(),
      beganAt: () => this.#beganAt,
      epochOf: (shard) => this.#keeping.epochOf(shard),
      isHeld: (shard) => this.#keeping.isSure(shard),
      isClosed: (shard) => this.#noting.isClosed(shard),
      isListed: (shard) => this.#noting.isListed(shard),
      noteGap: (gap) => this.#gaps.note(gap),
      begun: (shard) => this.#standing.in(shard),
      moved: (shard, frontier) => frontier !== undefined && this.#saving.note(shard, { frontier }),
      progressed: () => this.#progressed(),
    };
    this.#readings = new ShardReadings(this.#deps, shared, {
      completed: (shard) => this.#complete(shard),
      failed: (shard, error) => {
        deps.logger.log('error', 'a shard could not be read', { shard, error });
        // Only `once`. It is the same for all of the stream's shards.
        if (Fault.is(error) && error.kind === 'configuration') {
          this.#fault ??= error;
          this.#end();
        } else this.#keeping.lose(shard);
      },
      ended: () => this.#leaseWake.call(),
    });
  }

  /** How it is doing now. */
  get status(): ReaderStatus {
    const shards = this.#readings.statuses(this.#time.now());
    const lags = shards.flatMap(({ lagMs }) => lagMs ?? []);
    return {
      isReady: this.#isReady(),
      lastProgressAt: this.#lastProgressAt,
      shards,
      lagMs: lags.length === 0 ? undefined : Math.max(...lags),
      open: this.#noted.filter(({ complete }) => !complete).length,
      gaps: this.#gaps.open,
      handled: this.#handled,
      isSwitchedOff: !this.#noting.isEnabled,
    };
  }

  /**
   * Reads until it is stopped, the stream has ended, or, once, what there was is handled. Then what has begun has ended or is
   * given up, within `stopMs` and some seconds, frontiers are saved and leases given back.
   *
   * @throws Fault `configuration` when there is no such stream, or a setting keeps it from being listed, at the very beginning, or, only
   *   `once`, a setting keeps its shards from being read. All else is tried again.
   */
  async run(stop: AbortSignal): Promise<ReadResult> {
    const end = () => this.#end();
    stop.addEventListener('abort', end);
    if (stop.aborted) end();
    try {
      this.#noted = await this.#listing.first();
      this.#beganAt = this.#time.now();
      if (!this.#isStopped()) this.#standing.expect(this.#noted);
      if (this.#options.once)
        this.#asked = new Set(this.#noted.flatMap(({ id, complete }) => (complete ? [] : id)));
      await Promise.all([this.#listing.again(this.#options.listMs), this.#keepLeases(), this.#save()]);
      await this.#writeLast();
    } finally {
      end();
      this.#closed.abort();
      stop.removeEventListener('abort', end);
    }
    if (this.#fault !== undefined) throw this.#fault;
    return {
      handled: this.#handled,
      unhandled: this.#readings.unhandled,
      gaps: this.#gaps.open,
      isEndOfStream: this.#isEndOfStream,
    };
  }

  /** A gap was closed by this process: it is told no more. */
  readonly gapClosed = (gap: StreamGap): void => this.#gaps.closed(gap);

  /** Saves how far all is handled by now. @throws Fault when it is not known what was saved. */
  saveProgress(): Promise<void> {
    return this.#saving.save();
  }

  #isReady(): boolean {
    const sinceMs = this.#deps.monotonic.elapsed() - this.#loadedAt;
    return sinceMs < Math.max(this.#options.failoverMs, READY_MS);
  }

  #isStopped(): boolean {
    return this.#stopped.signal.aborted;
  }

  /** Whether nothing goes on any more. */
  #isOver(): boolean {
    return this.#isStopped() && this.#readings.isIdle;
  }

  #end(): void {
    if (this.#isStopped()) return;
    this.#stopped.abort();
    this.#readings.stop();
    this.#listing.wake();
    for (const wake of [this.#leaseWake, this.#saveWake]) wake.call();
    const giveUp = async () => {
      await this.#deps.sleeper.sleep(this.#options.stopMs, this.#closed.signal);
      this.#readings.giveUp();
      // Nor is any other request waited for, as one without an answer.
      await this.#deps.sleeper.sleep(LAST_WRITES_MS, this.#closed.signal);
      this.#closed.abort();
    };
    void giveUp();
  }

  async #keepLeases(): Promise<void> {
    const { monotonic } = this.#deps;
    for (let renewAt = -Infinity; !this.#isOver();) {
      const now = monotonic.elapsed();
      if (now >= renewAt) {
        renewAt = now + this.#options.failoverMs / 3;
        await this.#tried('leases could not be renewed', () => this.#keeping.renew(this.#closed.signal));
      }
      if (!this.#isStopped()) await this.#tried('leases could not be claimed', () => this.#claim());
      if (!this.#isOver()) await this.#leaseWake.wait(Math.ceil(renewAt - monotonic.elapsed()));
    }
    this.#saveWake.call();
  }

  async #claim(): Promise<void> {
    const { source, states, monotonic } = this.#deps;
    const askedAt = monotonic.elapsed();
    // Before they are loaded: what is noted meanwhile may not be among them.
    const { isFinal } = this.#noting;
    this.#noted = await states.load(source.arn, this.#closed.signal);
    const loadedAt = (this.#loadedAt = monotonic.elapsed());
    const got = await this.#keeping.claim(this.#noted, { askedAt, loadedAt }, this.#closed.signal);
    // Where shards are read, a page is what counts.
    if (this.#readings.isIdle) this.#progressed();
    for (const state of got) this.#readings.begin(state, byId(this.#noted));
    if (got.length > 0) return;
    this.#isEndOfStream = isFinal && this.#noted.every(({ complete }) => complete);
    if (this.#isEndOfStream || this.#isAllSettled(askedAt)) this.#end();
  }

  /** Only `once`: whether all that there was is handled, tried often enough, or read by somebody else. */
  #isAllSettled(now: number): boolean {
    const asked = this.#asked;
    if (asked === undefined || !this.#readings.isIdle) return false;
    return readable(this.#noted).every(
      (shard) =>
        !asked.has(shard.id) || this.#readings.isSettled(shard.id) || this.#keeping.isOthers(shard, now),
    );
  }

  async #complete(shard: string): Promise<void> {
    // Before it is noted as complete: then its children are read as soon as they may.
    const isListed = await this.#tried('the children of a shard could not be listed', () =>
      this.#noting.noteChildren(shard),
    );
    if (!isListed) this.#listing.wake();
    this.#saving.note(shard, { complete: true });
    this.#saveWake.call();
  }

  /** Somebody else reads it, or may. */
  #lost(shard: string): void {
    this.#deps.logger.log('info', 'the lease of a shard is lost', { shard });
    this.#readings.giveUp(shard);
    this.#saving.forget(shard);
  }

  async #save(): Promise<void> {
    while (!this.#isOver()) {
      await this.#saveWake.wait(this.#options.saveMs);
      await this.#tried('frontiers could not be saved', () => this.#saving.save(this.#closed.signal));
    }
  }

  #completed(shard: string, epoch: number): void {
    this.#standing.in(shard);
    this.#keeping.drop(shard, epoch);
    this.#leaseWake.call();
  }

  async #writeLast(): Promise<void> {
    const { sleeper } = this.#deps;
    const { signal } = this.#closed;
    void sleeper.sleep(LAST_WRITES_MS, signal).then(() => this.#closed.abort());
    const writes = [
      ['frontiers could not be saved', () => this.#saving.save(signal)],
      ['leases could not be given back', () => this.#keeping.release(signal)],
    ] as const;
    for (const [failure, write] of writes)
      while (!(await this.#tried(failure, write)) && !signal.aborted)
        await this.#leaseWake.wait(LAST_WRITES_MS / 20);
  }

  /** @returns whether it went well: false also where the work says so. */
  async #tried(failure: string, work: () => Promise<unknown>): Promise<boolean> {
    try {
      return (await work()) !== false;
    } catch (error) {
      this.#deps.logger.log('warn', failure, { stream: this.#deps.source.arn, error });
      return false;
    }
  }

  #progressed(): void {
    this.#lastProgressAt = this.#deps.clock.now();
  }
}

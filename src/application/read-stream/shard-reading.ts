import { Fault } from '../../domain/fault.ts';
import { Frontier } from '../../domain/frontier.ts';
import { wholeOf } from '../../domain/shard-order.ts';
import type { ShardPosition, ShardState } from '../../domain/shard.ts';
import { Bell } from '../bell.ts';
import type { SourceRecord } from '../ports/stream-source.ts';
import { Backoff } from './backoff.ts';
import type { ReadStreamDependencies } from './dependencies.ts';
import type { ReadingEnd } from './reading-end.ts';
import { ShardHandling } from './shard-handling.ts';
import type { SharedReading } from './shared-reading.ts';
import { StreamPace } from './stream-pace.ts';

/** Longer waits are cut into such pieces, in milliseconds. */
const WAIT_MS = 60_000;
/** How long a shard waits that has too much in memory, unless something of it is done before. */
const FULL_MS = 1_000;
/** How long a reader waits that cannot be sure of its lease: it is renewed soon, or lost. */
const UNSURE_MS = 500;
/** How many records a shard gets at a time that holds none, while all others hold too much. */
const SMALL_PAGE = 10;

/** After how long without a page nobody can say that a shard has nothing, in milliseconds: it is asked far more often. */
const STALE_MS = 10_000;

/** By how much the clocks of the stream's parts may differ, in milliseconds: a record that is newer by more was made after reading began. */
const SKEW_MS = 10_000;

/** Reads one shard whose lease is held, from where it stands on. */
export class ShardReading {
  readonly state: ShardState;
  readonly #deps: ReadStreamDependencies;
  readonly #shared: SharedReading;
  readonly #frontier: Frontier;
  readonly #handling: ShardHandling;
  readonly #pace: StreamPace;
  readonly #backoff: Backoff;
  readonly #bell: Bell;
  /** Aborted once nothing more is read. */
  readonly #stopped = new AbortController();
  #iterator: string | undefined;
  /** Where the next iterator is made. */
  #position: ShardPosition;
  /** Where the present one stands. */
  #iteratorAt: ShardPosition;
  /** Nothing more is read, as there is nothing, or no more is wanted. */
  #isRead = false;
  #isClosed = false;
  /** What it needs to go on: for a page to be due, for records to be done so that there is room for one, or for all of them to be. */
  #waitsFor: 'time' | 'room' | 'end' = 'time';
  /** Whether there was an iterator. */
  #isBegun = false;
  #emptyPages = 0;
  /** How often in a row a page could not be read for want of a setting, as a right. */
  #misconfigured = 0;
  #lastAt: number | undefined;
  /** Since when the stream does not give it, or its records, by the monotonic clock. */
  #refusedAt: number | undefined;
  #problem: string | undefined;
  /** When there was a page last, by the time of the stream. */
  #pageAt: number | undefined;

  constructor(
    state: ShardState,
    beginning: ShardPosition,
    deps: ReadStreamDependencies,
    shared: SharedReading,
  ) {
    this.state = state;
    this.#position = this.#iteratorAt = beginning;
    this.#deps = deps;
    this.#shared = shared;
    this.#frontier = new Frontier(state.frontier);
    const { pagesPerSecond, idleMs, once } = shared.options;
    // Somebody waits for the end.
    this.#pace = new StreamPace({ pagesPerSecond, idleMs: once ? 0 : idleMs });
    this.#backoff = new Backoff(deps.random, shared.options.retryMs);
    this.#bell = new Bell(deps.sleeper);
    this.#handling = new ShardHandling(deps, shared, state.id, this.#frontier, () => this.#changed());
  }

  get frontier(): string | undefined {
    return this.#frontier.at;
  }

  /** How many records were read and are not handled. */
  get held(): number {
    return this.#handling.held;
  }

  /** How many items wait for a record that failed. */
  get blockedItems(): number {
    return this.#handling.blockedItems;
  }

  /** Why there was no page when it was asked last; undefined where there was one. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /**
   * How long ago the change was made that is handled next; 0 where there is none, undefined where that is not known.
   *
   * @param now by the time of the stream.
   */
  lagMs(now: number): number | undefined {
    const { next } = this.#frontier;
    if (next !== undefined) return next.at && Math.max(0, now - next.at);
    if (this.#isClosed) return 0;
    const unread = this.#pageAt === undefined ? undefined : now - this.#pageAt;
    const isCaughtUp = this.#emptyPages > 0 && unread !== undefined && unread < STALE_MS;
    if (isCaughtUp) return 0;
    // What came since the last page is as old at most.
    if (this.#emptyPages > 0) return unread;
    return this.#lastAt && Math.max(0, now - this.#lastAt);
  }

  /** Reads no more, and begins nothing. */
  stop(): void {
    this.#stopped.abort();
    this.#handling.stop();
    this.#bell.ring();
  }

  /** Gives up what is being handled as well. */
  giveUp(): void {
    this.stop();
    this.#handling.giveUp();
  }

  /**
   * Resolves once nothing of it goes on.
   *
   * @throws Fault `configuration`, only `once`, when that is what so many attempts to read came to.
   */
  async run(): Promise<ReadingEnd> {
    try {
      await this.#read();
    } catch (error) {
      this.#handling.stop();
      await this.#handling.ended();
      throw error;
    }
    this.#waitsFor = 'end';
    const isStopped = () => this.#stopped.signal.aborted;
    while (!isStopped() && this.#handling.held > 0 && !this.#isExhausted()) await this.#bell.wait(WAIT_MS);
    const isLeft = isStopped();
    this.#handling.stop();
    await this.#handling.ended();
    if (isLeft) return 'stopped';
    return this.#isClosed && this.#frontier.ahead === 0 ? 'complete' : 'settled';
  }

  async #read(): Promise<void> {
    while (!this.#isRead && !this.#stopped.signal.aborted) {
      const wait = this.#waitMs();
      // It waits for what is being handled: what keeps that from going well is told by the lag.
      const hasRoom = this.#hasRoom();
      this.#waitsFor = hasRoom ? 'time' : 'room';
      if (!hasRoom) this.#shared.progressed();
      if (wait > 0) await this.#bell.wait(Math.min(wait, WAIT_MS));
      else if (!hasRoom && this.#isExhausted()) return;
      else await this.#shared.requests.through(() => this.#tryPage());
    }
  }

  /** Something became of records. There may be a thousand a second: nobody is woken who waits for something else. */
  #changed(): void {
    if (this.#waitsFor === 'time') return;
    const isIt = this.#waitsFor === 'room' ? this.#hasRoom() : this.#handling.held === 0;
    if (isIt || this.#isExhausted()) this.#bell.ring();
  }

  #waitMs(): number {
    if (!this.#shared.isHeld(this.state.id)) return UNSURE_MS;
    if (!this.#hasRoom()) return this.#isExhausted() ? 0 : FULL_MS;
    return this.#pace.dueAt - this.#deps.monotonic.elapsed();
  }

  async #tryPage(): Promise<void> {
    try {
      await this.#readPage();
    } catch (error) {
      if (this.#stopped.signal.aborted) return;
      this.#deps.logger.log('warn', 'a page of the stream could not be read', {
        ...{ shard: this.state.id, failures: this.#backoff.failures + 1, error },
      });
      this.#tryLater(error instanceof Error ? error.message : String(error));
      const { once, onceAttempts } = this.#shared.options;
      const isForGood = Fault.is(error) && error.kind === 'configuration';
      this.#misconfigured = isForGood ? this.#misconfigured + 1 : 0;
      if (once && this.#misconfigured >= onceAttempts) throw error;
    }
  }

  async #readPage(): Promise<void> {
    const { source, monotonic } = this.#deps;
    const { signal } = this.#stopped;
    if (signal.aborted) return;
    if (this.#iterator === undefined) {
      const found = await source.iterator(this.state.id, this.#position, signal);
      if (found.is !== 'iterator') return this.#missing(found.is, this.#position);
      this.#iterator = found.iterator;
      this.#iteratorAt = this.#position;
      // From here on nothing may be missing: another iterator of that kind might leave some out.
      if (!this.#isBegun && this.#frontier.lastRead === undefined) this.#position = wholeOf(this.state);
      this.#isBegun = true;
      this.#shared.begun(this.state.id);
    }
    this.#pace.asked(monotonic.elapsed());
    // Where too much is held, enough to go on with: a thousand shards would each hold a page beyond the bound.
    const { pageSize } = this.#shared.options;
    const size = this.#shared.bytes.hasRoom ? pageSize : Math.min(pageSize, SMALL_PAGE);
    const page = await source.records(this.#iterator, size, signal);
    if (page.is === 'expired') {
      this.#iterator = undefined;
      this.#tryLater('its iterator was too old');
      return;
    }
    if (page.is !== 'page') return this.#missing(page.is, this.#iteratorAt);
    this.#backoff.reset();
    this.#misconfigured = 0;
    this.#refusedAt = this.#problem = undefined;
    this.#pageAt = this.#shared.now();
    this.#shared.progressed();
    // First what it has: the last page of a shard may have records too.
    this.#accept(page.records);
    this.#pace.got(page.records.length, monotonic.elapsed());
    this.#iterator = page.next;
    if (page.next === undefined) this.#isClosed = this.#isRead = true;
  }

  #accept(records: readonly SourceRecord[]): void {
    const { once, quietPages } = this.#shared.options;
    this.#emptyPages = records.length === 0 ? this.#emptyPages + 1 : 0;
    for (const record of records) {
      this.#handling.add(record);
      this.#position = this.#iteratorAt = { after: record.sequence };
      this.#lastAt = record.at ?? this.#lastAt;
    }
    const isNew = this.#lastAt !== undefined && this.#lastAt > this.#shared.beganAt() + SKEW_MS;
    // A closed one has an end of its own.
    if (!once || this.#shared.isClosed(this.state.id)) return;
    if ((records.length > 0 && isNew) || this.#emptyPages >= quietPages) this.#isRead = true;
  }

  /** The stream has nothing at this position, or no such shard. */
  async #missing(what: 'trimmed' | 'gone', at: ShardPosition): Promise<void> {
    this.#iterator = undefined;
    const { id: shard } = this.state;
    const now = this.#deps.monotonic.elapsed();
    const refusedMs = now - (this.#refusedAt ??= now);
    if (what === 'trimmed' && at !== 'horizon' && at !== 'latest') {
      // What has left it never comes back. DynamoDB Local may say so for a moment of a shard that gets its first record.
      if (refusedMs < this.#shared.options.trimmedMs) {
        this.#tryLater('the stream says that records at its position have left it');
        return;
      }
      await this.#shared.noteGap({ shard, reason: 'trimmed', after: this.#frontier.lastRead });
      this.#refusedAt = undefined;
      this.#position = 'horizon';
      return;
    }
    const isListed = await this.#shared.isListed(shard);
    // An open one may get more records, and is closed within hours. DynamoDB Local never stops listing what it has trimmed.
    const isLost = this.#shared.isClosed(shard) && refusedMs >= this.#shared.options.refusedMs;
    if (isListed === false || (isListed === true && isLost)) {
      await this.#shared.noteGap({ shard, reason: 'vanished', after: this.#frontier.lastRead });
      this.#isClosed = this.#isRead = true;
      return;
    }
    this.#deps.logger.log('warn', 'the stream does not give a shard that it lists', {
      ...{ shard, answer: what, failures: this.#backoff.failures + 1, refusedMs },
    });
    // The stream does answer: who is started again for want of progress would wait from the beginning.
    this.#shared.progressed();
    this.#tryLater(`the stream lists it, and does not give it (${what})`);
  }

  #tryLater(problem: string): void {
    this.#problem = problem;
    this.#pace.failed(this.#deps.monotonic.elapsed(), this.#backoff.next());
  }

  #hasRoom(): boolean {
    const { aheadMax, shardBytes } = this.#shared.options;
    const { bytes, held } = this.#handling;
    if (this.#frontier.ahead >= aheadMax || bytes >= shardBytes) return false;
    return held === 0 || this.#shared.bytes.hasRoom;
  }

  /** Whether it waits for records that have been tried often enough. */
  #isExhausted(): boolean {
    const { once, onceAttempts } = this.#shared.options;
    return once && this.#handling.failures >= onceAttempts;
  }
}

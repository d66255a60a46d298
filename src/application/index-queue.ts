import { Fault } from '../domain/fault.ts';
import { Bell } from './bell.ts';
import { EnginePace } from './engine-pace.ts';
import { HeldMessage } from './held-message.ts';
import type { IndexDocuments } from './index-documents.ts';
import { IndexLane } from './index-lane.ts';
import { type IndexOutcome, LATE_MS } from './index-outcome.ts';
import { IndexFigures, type IndexProgress, type IndexProgressListener } from './index-progress.ts';
import { withOwnLimits } from './own-limits.ts';
import type { Clock } from './ports/clock.ts';
import type { Logger } from './ports/logger.ts';
import type { Metrics } from './ports/metrics.ts';
import type { Random } from './ports/random.ts';
import type { ReceivedAction, SearchActionSource } from './ports/search-action-source.ts';
import type { Sleeper } from './ports/sleeper.ts';
import { oldestOf, reportIndexing } from './report-indexing.ts';
import type { Done } from './result.ts';
import { NO_LIMIT } from './time-limit.ts';

/** How a process indexes. */
export interface IndexQueueOptions {
  /** How many receive at the same time, as a source gives few messages at once. */
  readonly receivers: number;
  /** How many messages a receiver asks for. */
  readonly receiveMax: number;
  /** How long a receiver waits for messages, in milliseconds. */
  readonly waitMs: number;
  /** How many messages of a collection go into one batch. */
  readonly batchMax: number;
  /** How long a batch waits to become as large, in milliseconds. */
  readonly lingerMs: number;
  /** How many messages are held at a time: memory is as flat as that. */
  readonly heldMax: number;
  /** Whether it ends once there is nothing more to receive. */
  readonly once: boolean;
}

export const INDEX_QUEUE_DEFAULTS: IndexQueueOptions = {
  receivers: 8,
  receiveMax: 10,
  waitMs: 20_000,
  // Several of an engine's imports, as the last one is not full.
  batchMax: 2_500,
  lingerMs: 50,
  heldMax: 5_000,
  once: false,
};

export interface IndexQueueDependencies {
  readonly source: SearchActionSource;
  readonly documents: Pick<IndexDocuments, 'execute'>;
  readonly clock: Clock;
  readonly sleeper: Sleeper;
  readonly random: Random;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly onProgress?: IndexProgressListener | undefined;
}

/** How long a receiver that failed waits at most, and how long those wait who may not receive. */
const PAUSE_MS = 10_000;

/**
 * Drains the search queue into the index, and goes on until it is stopped. Several receivers feed one batch a collection, so
 * that imports are large although a source gives few messages at once. Batches of a collection go out one after the other.
 *
 * What fails and may pass is kept and tried again here: given back, it would count towards the dead-letter queue, where an
 * outage must not take good messages. While the engine is down nothing more is received.
 */
export class IndexQueue {
  readonly #deps: IndexQueueDependencies;
  readonly #options: IndexQueueOptions;
  readonly #pace: EnginePace;
  readonly #bell: Bell;
  readonly #held = new Set<HeldMessage>();
  readonly #lanes = new Map<string, IndexLane>();
  readonly #figures = new IndexFigures();
  /** What must end before the process may. */
  readonly #work = new Set<Promise<void>>();
  /** Aborted once nothing is begun any more. */
  readonly #stopped = new AbortController();
  #isKeeping = false;
  #hasReceived = false;
  /** Why nothing can be received from this source, ever. */
  #refused: Fault | undefined;

  constructor(deps: IndexQueueDependencies, options: Partial<IndexQueueOptions> = {}) {
    this.#deps = deps;
    this.#options = { ...INDEX_QUEUE_DEFAULTS, ...options };
    this.#pace = new EnginePace(deps.random, this.#options.batchMax);
    this.#bell = new Bell(deps.sleeper);
  }

  get progress(): IndexProgress {
    const { received, givenBack, tally, oldestAgeMs } = this.#figures;
    return {
      ...{ ...tally, received, givenBack, oldestAgeMs, held: this.#held.size },
      perSecond: this.#figures.perSecond(this.#deps.clock.now()),
      ...{ load: this.#pace.load, isDown: this.#pace.isDown },
    };
  }

  /**
   * Ends once it is stopped, or, if it runs once, when there is nothing more to receive. Then what was begun has ended, and
   * the rest is given back.
   *
   * @param stop aborted to stop it.
   * @throws Fault `configuration` when messages are hidden for so short a time that two would write late at once, or the very
   *   first receive is refused by such a fault. Later ones are tried again: whoever mends it need not start this anew.
   */
  async run(stop: AbortSignal): Promise<IndexProgress> {
    const { visibilityMs } = this.#deps.source;
    if (visibilityMs < 3 * LATE_MS)
      throw new Fault(
        'configuration',
        `messages of the search queue are hidden for ${visibilityMs} ms once they are received; an indexer needs ${3 * LATE_MS} at least: set the queue's visibility timeout`,
      );
    const end = () => {
      this.#stopped.abort();
      this.#bell.ring();
    };
    stop.addEventListener('abort', end);
    await withOwnLimits({ ...NO_LIMIT, signal: stop }, (ownLimit) =>
      Promise.all(Array.from({ length: this.#options.receivers }, () => this.#receive(ownLimit().signal))),
    );
    stop.removeEventListener('abort', end);
    end();
    while (this.#work.size > 0) await Promise.all(this.#work);
    await this.#giveBackTheRest();
    if (this.#refused !== undefined) throw this.#refused;
    return this.progress;
  }

  async #receive(stop: AbortSignal): Promise<void> {
    const { clock, random, sleeper, logger } = this.#deps;
    const { waitMs, once } = this.#options;
    const isStopped = () => stop.aborted || this.#refused !== undefined;
    for (let failures = 0; !isStopped();) {
      const max = this.#room();
      if (max === 0) {
        await this.#bell.wait(PAUSE_MS * random.next());
        continue;
      }
      const from = clock.now();
      try {
        const received = await this.#deps.source.receive({ max, waitMs, signal: stop });
        failures = 0;
        this.#hasReceived = true;
        this.#hold(received, from);
        if (received.length === 0 && once && this.#held.size === 0) return;
      } catch (error) {
        if (isStopped()) return;
        if (Fault.is(error) && error.kind === 'configuration' && !this.#hasReceived) {
          this.#refused = error;
          return;
        }
        logger.log('warn', 'nothing received from the search queue', { error });
        await sleeper.sleep(random.next() * Math.min(PAUSE_MS, 200 * 2 ** failures++), stop);
      }
    }
  }

  /** How many messages a receiver may ask for now. */
  #room(): number {
    const { receiveMax, heldMax } = this.#options;
    const isWaiting = this.#held.size > 0 || this.#deps.clock.now() < this.#pace.pausedUntil;
    if (this.#pace.isDown && isWaiting) return 0;
    return Math.max(0, Math.min(receiveMax, heldMax - this.#held.size));
  }

  #hold(received: readonly ReceivedAction[], from: number): void {
    this.#figures.received += received.length;
    for (const each of received) {
      const message = new HeldMessage(each, from + this.#deps.source.visibilityMs);
      this.#held.add(message);
      this.#addTo(message.lane, message);
    }
    if (received.length === 0) return;
    this.#bell.ring();
    if (!this.#isKeeping) this.#begin(this.#keep());
  }

  #addTo(name: string, message: HeldMessage): void {
    const lane = this.#lanes.get(name) ?? new IndexLane();
    this.#lanes.set(name, lane);
    lane.add(message, this.#deps.clock.now());
    if (!lane.isBusy) this.#begin(this.#indexAll(lane));
  }

  #begin(work: Promise<void>): void {
    const ends = work.finally(() => this.#work.delete(ends));
    this.#work.add(ends);
  }

  /** Works on the messages of a collection until none is left. */
  async #indexAll(lane: IndexLane): Promise<void> {
    lane.isBusy = true;
    // Not at once: what came with the first goes with it.
    await Promise.resolve();
    while (!lane.isEmpty && !this.#stopped.signal.aborted) {
      const now = this.#deps.clock.now();
      const due = lane.dueAt(now, this.#pace.load, this.#options.lingerMs);
      const wait = Math.max(due, this.#pace.pausedUntil) - now;
      if (wait > 0) await this.#bell.wait(Math.min(wait, LATE_MS));
      else await this.#index(lane.take(this.#pace.load, now));
    }
    lane.isBusy = false;
  }

  async #index(batch: readonly HeldMessage[]): Promise<void> {
    const { clock, metrics, logger, documents, onProgress } = this.#deps;
    const received = batch.map((message) => message.received);
    for (const message of batch) message.isTried = true;
    // Whoever gets one of them next must find that nothing of what is written here can come any more.
    const remaining = () =>
      batch.reduce(
        (until, { isLost, heldUntil }) => (isLost ? until : Math.min(until, heldUntil)),
        Infinity,
      ) -
      LATE_MS -
      clock.now();
    const result = await documents.execute(received, { signal: new AbortController().signal, remaining });
    const now = clock.now();
    if (this.#pace.note(result.outcomes, now)) metrics.add('BackPressurePauses', 1);
    this.#figures.add(reportIndexing(received, result, now, { metrics, logger }), now);
    const oldest = oldestOf(received);
    this.#figures.oldestAgeMs = oldest === undefined ? undefined : Math.max(0, now - oldest);
    try {
      metrics.flush();
    } catch (error) {
      logger.log('error', 'metrics not published', { error });
    }
    this.#settle(batch, result.outcomes, now);
    onProgress?.(this.progress);
  }

  #settle(batch: readonly HeldMessage[], outcomes: readonly IndexOutcome[], now: number): void {
    const { source } = this.#deps;
    const done: HeldMessage[] = [];
    const refused = new Map<HeldMessage, Fault>();
    const back = new Map<number, HeldMessage[]>();
    for (const [index, message] of batch.entries()) {
      const outcome = outcomes[index];
      if (outcome?.status === 'done') done.push(message);
      else if (outcome !== undefined && this.#isHeld(outcome.fault)) {
        message.retryAt(now + outcome.delayMs);
        this.#addTo(message.lane, message);
      } else if (outcome?.fault.kind === 'permanent' && source.refuse !== undefined) {
        refused.set(message, outcome.fault);
        this.#figures.givenBack++;
      } else {
        const delayMs = outcome?.delayMs ?? 0;
        back.set(delayMs, [...(back.get(delayMs) ?? []), message]);
        this.#figures.givenBack++;
      }
    }
    this.#letGo(done, 'acknowledged', (received) => source.acknowledge(received));
    this.#letGo([...refused.keys()], 'kept as dead letters', async () => {
      const all = Array.from(refused, ([{ received }, fault]) => ({ received, fault }));
      return (await source.refuse?.(all)) ?? [];
    });
    for (const [delayMs, some] of back)
      this.#letGo(some, 'given back', (received) => source.giveBack(received, delayMs));
  }

  /**
   * Whether a message waits here to be tried again. Each delivery counts towards the dead-letter queue, where neither an
   * outage nor a setting that somebody has yet to mend must take good messages: once too many wait, no more are received.
   */
  #isHeld({ kind }: Fault): boolean {
    if (kind === 'configuration') return !this.#options.once;
    return kind !== 'permanent';
  }

  /** Nobody waits for it: where it fails, the messages come again. */
  #letGo(
    messages: readonly HeldMessage[],
    what: string,
    call: (received: readonly ReceivedAction[]) => Promise<readonly Done[]>,
  ): void {
    if (messages.length === 0) return;
    this.#begin(
      this.#answers(call(messages.map(({ received }) => received))).then((results) => {
        const faults = results.filter((result) => Fault.is(result));
        if (faults.length > 0)
          this.#deps.logger.log('warn', `messages of the search queue not ${what}`, {
            ...{ count: faults.length, error: faults[0] },
          });
        for (const message of messages) this.#held.delete(message);
        this.#bell.ring();
      }),
    );
  }

  async #answers(call: Promise<readonly Done[]>): Promise<readonly Done[]> {
    try {
      return await call;
    } catch (error) {
      return [Fault.from(error)];
    }
  }

  /** Keeps from others what is held, for as long as anything is. */
  async #keep(): Promise<void> {
    const { clock, source } = this.#deps;
    this.#isKeeping = true;
    while (this.#held.size > 0 && !this.#stopped.signal.aborted) {
      const from = clock.now();
      const short = [...this.#held].filter(
        (message) => !message.isLost && message.heldUntil - from < (source.visibilityMs * 2) / 3,
      );
      if (short.length > 0) {
        const results = await this.#answers(source.extend(short.map(({ received }) => received)));
        for (const [index, message] of short.entries()) {
          const result = results[index];
          if (result === 'done') message.heldUntil = from + source.visibilityMs;
          else if (result?.kind === 'conflict') this.#lose(message);
        }
      }
      if (this.#held.size > 0) await this.#deps.sleeper.sleep(source.visibilityMs / 6, this.#stopped.signal);
    }
    this.#isKeeping = false;
  }

  /** Somebody else may have it. What was tried here goes on, as what was written may come after what they write. */
  #lose(message: HeldMessage): void {
    message.isLost = true;
    if (message.isTried) return;
    this.#lanes.get(message.lane)?.drop((other) => other === message);
    this.#held.delete(message);
  }

  async #giveBackTheRest(): Promise<void> {
    const now = this.#deps.clock.now();
    const byDelay = new Map<number, HeldMessage[]>();
    for (const message of Array.from(this.#lanes.values(), (lane) => lane.takeAll()).flat()) {
      const delayMs = Math.max(0, message.notBefore - now);
      byDelay.set(delayMs, [...(byDelay.get(delayMs) ?? []), message]);
    }
    for (const [delayMs, some] of byDelay)
      this.#letGo(some, 'given back', (received) => this.#deps.source.giveBack(received, delayMs));
    while (this.#work.size > 0) await Promise.all(this.#work);
  }
}

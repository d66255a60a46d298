import { Fault } from '../domain/fault.ts';
import { Bell } from './bell.ts';
import { EnginePace } from './engine-pace.ts';
import { HeldMessage } from './held-message.ts';
import { HeldMessages } from './held-messages.ts';
import type { IndexDocuments } from './index-documents.ts';
import { IndexLane } from './index-lane.ts';
import { hiddenMs, type IndexOutcome, LATE_MS } from './index-outcome.ts';
import { IndexFigures, type IndexProgress, type IndexProgressListener } from './index-progress.ts';
import { IndexReceivers } from './index-receivers.ts';
import { Ongoing } from './ongoing.ts';
import type { Clock } from './ports/clock.ts';
import type { Logger } from './ports/logger.ts';
import type { Metrics } from './ports/metrics.ts';
import type { Random } from './ports/random.ts';
import type { ReceivedAction, SearchActionSource } from './ports/search-action-source.ts';
import type { Sleeper } from './ports/sleeper.ts';
import { oldestOf, reportIndexing } from './report-indexing.ts';
import { WaitingHere } from './waiting-here.ts';
import { whileTimeRemains } from './while-time-remains.ts';

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

/**
 * Drains the search queue into the index, and goes on until it is stopped. Several receivers feed one batch a collection, so
 * that imports are large although a source gives few messages at once. Batches of a collection go out one after the other.
 *
 * What fails and may pass is kept and tried again here: given back, it would count towards the dead-letter queue, where an
 * outage must not take good messages. While the engine is down, hardly more is received: after each pause one message a
 * receiver, as those that wait here may fail for what they are themselves.
 */
export class IndexQueue {
  readonly #deps: IndexQueueDependencies;
  readonly #options: IndexQueueOptions;
  readonly #pace: EnginePace;
  readonly #bell: Bell;
  readonly #held: HeldMessages;
  readonly #waiting: WaitingHere;
  readonly #lanes = new Map<string, IndexLane>();
  readonly #figures = new IndexFigures();
  readonly #ongoing = new Ongoing();
  /** Aborted once nothing is begun any more. */
  readonly #stopped = new AbortController();

  constructor(deps: IndexQueueDependencies, options: Partial<IndexQueueOptions> = {}) {
    this.#deps = deps;
    this.#options = { ...INDEX_QUEUE_DEFAULTS, ...options };
    this.#pace = new EnginePace(deps.random, this.#options.batchMax);
    this.#waiting = new WaitingHere(this.#options);
    const bell = new Bell(deps.sleeper);
    this.#bell = bell;
    this.#held = new HeldMessages({
      ...{ source: deps.source, clock: deps.clock, sleeper: deps.sleeper, logger: deps.logger },
      ongoing: this.#ongoing,
      onFewer: () => bell.ring(),
      onLost: (message) => this.#lanes.get(message.lane)?.drop((other) => other === message),
    });
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
      this.#held.stop();
      this.#bell.ring();
    };
    stop.addEventListener('abort', end);
    const receivers = new IndexReceivers({ ...this.#deps, bell: this.#bell }, this.#options, {
      room: () => this.#room(),
      held: () => this.#held.size,
      hold: (received, from) => this.#hold(received, from),
    });
    const refused = await receivers.run(stop);
    stop.removeEventListener('abort', end);
    end();
    await this.#ongoing.ended();
    this.#giveBackTheRest();
    await this.#ongoing.ended();
    if (refused !== undefined) throw refused;
    return this.progress;
  }

  /** How many messages a receiver may ask for now. */
  #room(): number {
    const { receiveMax, heldMax } = this.#options;
    const free = Math.max(0, heldMax - this.#held.size);
    if (!this.#pace.isDown) return Math.min(receiveMax, free);
    // What waits here may fail for what it is itself: only one that nobody has tried yet tells whether all do.
    const isPaused = this.#deps.clock.now() < this.#pace.pausedUntil;
    return isPaused || this.#held.count(({ isTried }) => !isTried) > 0 ? 0 : Math.min(1, free);
  }

  #hold(received: readonly ReceivedAction[], from: number): void {
    this.#figures.received += received.length;
    if (received.length === 0) return;
    const messages = received.map((each) => new HeldMessage(each, from + this.#deps.source.visibilityMs));
    this.#held.add(messages);
    const lanes = new Set(messages.map((message) => this.#addTo(message.lane, message)));
    // Whoever waits until then anyway would only go on waiting.
    const now = this.#deps.clock.now();
    if ([...lanes].some((lane) => this.#dueAt(lane, now) < lane.waitsUntil)) this.#bell.ring();
  }

  #addTo(name: string, message: HeldMessage): IndexLane {
    const lane = this.#lanes.get(name) ?? new IndexLane();
    this.#lanes.set(name, lane);
    lane.add(message, this.#deps.clock.now());
    if (!lane.isBusy) this.#ongoing.begin(this.#indexAll(lane));
    return lane;
  }

  /** When a batch of it may be sent. */
  #dueAt(lane: IndexLane, now: number): number {
    return Math.max(lane.dueAt(now, this.#pace.load, this.#options.lingerMs), this.#pace.pausedUntil);
  }

  /** Works on the messages of a collection until none is left. */
  async #indexAll(lane: IndexLane): Promise<void> {
    lane.isBusy = true;
    // Not at once: what came with the first goes with it.
    await Promise.resolve();
    while (!lane.isEmpty && !this.#stopped.signal.aborted) {
      const now = this.#deps.clock.now();
      const wait = Math.min(this.#dueAt(lane, now) - now, LATE_MS);
      lane.waitsUntil = now + wait;
      if (wait > 0) await this.#bell.wait(wait);
      else await this.#index(lane.take(this.#pace.load, now));
    }
    lane.isBusy = false;
  }

  async #index(batch: readonly HeldMessage[]): Promise<void> {
    const { clock, source, sleeper, metrics, logger, documents, onProgress } = this.#deps;
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
    const result = await whileTimeRemains(remaining, { sleeper, stepMs: source.visibilityMs / 6 }, (signal) =>
      documents.execute(received, { signal, remaining }),
    );
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
    this.#waiting.begin(outcomes, () => {
      const inBatch = new Set(batch);
      return this.#held.count((message) => message.isMisconfigured && !inBatch.has(message));
    });
    const done: HeldMessage[] = [];
    const refused = new Map<HeldMessage, Fault>();
    const back = new Map<number, HeldMessage[]>();
    let index = 0;
    for (const message of batch) {
      const outcome = outcomes[index++];
      if (outcome?.status === 'done') done.push(message);
      else if (outcome !== undefined && this.#waiting.isFor(message, outcome.fault)) {
        message.retryAt(now + outcome.delayMs);
        this.#addTo(message.lane, message);
      } else if (outcome?.fault.kind === 'permanent' && source.refuse !== undefined) {
        refused.set(message, outcome.fault);
        this.#figures.givenBack++;
      } else {
        const delayMs = outcome === undefined ? 0 : hiddenMs(outcome, message.received.receives);
        back.set(delayMs, [...(back.get(delayMs) ?? []), message]);
        this.#figures.givenBack++;
      }
    }
    this.#held.acknowledge(done);
    this.#held.refuse(refused);
    for (const [delayMs, some] of back) this.#held.giveBack(some, delayMs);
  }

  #giveBackTheRest(): void {
    const now = this.#deps.clock.now();
    const byDelay = new Map<number, HeldMessage[]>();
    for (const message of Array.from(this.#lanes.values(), (lane) => lane.takeAll()).flat()) {
      const delayMs = Math.max(0, message.notBefore - now);
      byDelay.set(delayMs, [...(byDelay.get(delayMs) ?? []), message]);
    }
    for (const [delayMs, some] of byDelay) this.#held.giveBack(some, delayMs);
  }
}

import { Fault } from '../domain/fault.ts';
import type { Bell } from './bell.ts';
import { withOwnLimits } from './own-limits.ts';
import type { Clock } from './ports/clock.ts';
import type { Logger } from './ports/logger.ts';
import type { Random } from './ports/random.ts';
import type { ReceivedAction, SearchActionSource } from './ports/search-action-source.ts';
import type { Sleeper } from './ports/sleeper.ts';
import { NO_LIMIT } from './time-limit.ts';

export interface ReceiverDependencies {
  readonly source: SearchActionSource;
  readonly clock: Clock;
  readonly sleeper: Sleeper;
  readonly random: Random;
  readonly logger: Logger;
  /** Rings when something may have changed for those who wait. */
  readonly bell: Bell;
}

export interface ReceiverOptions {
  readonly receivers: number;
  readonly waitMs: number;
  readonly once: boolean;
}

/** Where messages go. */
export interface Receiving {
  /** How many messages are held. */
  readonly held: () => number;
  /** How many messages a receiver may ask for now. */
  readonly room: () => number;
  /** @param from when they were asked for. */
  readonly hold: (received: readonly ReceivedAction[], from: number) => void;
}

/** How long a receiver that failed waits at most, and how long those wait who may not receive. */
const PAUSE_MS = 10_000;
/** How long a receiver takes at least that is given nothing: one that does not wait at its source would ask again at once. */
const EMPTY_MS = 100;

/** Several that receive at the same time, as a source gives few messages at once. */
export class IndexReceivers {
  readonly #deps: ReceiverDependencies;
  readonly #options: ReceiverOptions;
  readonly #receiving: Receiving;
  #hasReceived = false;
  /** Why nothing can be received from this source, ever. */
  #refused: Fault | undefined;

  constructor(deps: ReceiverDependencies, options: ReceiverOptions, receiving: Receiving) {
    this.#deps = deps;
    this.#options = options;
    this.#receiving = receiving;
  }

  /**
   * Ends once it is stopped, or, if it runs once, when there is nothing more to receive and nothing is held.
   *
   * @returns the Fault `configuration` with which the very first receive was refused, if it was. Later ones are tried again:
   *   whoever mends it need not start this anew.
   */
  async run(stop: AbortSignal): Promise<Fault | undefined> {
    await withOwnLimits({ ...NO_LIMIT, signal: stop }, (ownLimit) =>
      Promise.all(Array.from({ length: this.#options.receivers }, () => this.#receive(ownLimit().signal))),
    );
    return this.#refused;
  }

  async #receive(stop: AbortSignal): Promise<void> {
    const { source, clock, random, sleeper, logger, bell } = this.#deps;
    const { waitMs, once } = this.#options;
    const { room, hold, held } = this.#receiving;
    const isStopped = () => stop.aborted || this.#refused !== undefined;
    for (let failures = 0; !isStopped();) {
      const max = room();
      if (max === 0) {
        await bell.wait(PAUSE_MS * random.next());
        continue;
      }
      const from = clock.now();
      try {
        const received = await source.receive({ max, waitMs, signal: stop });
        failures = 0;
        this.#hasReceived = true;
        hold(received, from);
        if (received.length > 0) continue;
        if (once && held() === 0) return;
        const early = EMPTY_MS - (clock.now() - from);
        if (early > 0 && !isStopped()) await bell.wait(early);
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
}

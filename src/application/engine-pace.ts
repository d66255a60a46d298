import { BackPressure } from './back-pressure.ts';
import type { IndexOutcome } from './index-outcome.ts';
import type { Random } from './ports/random.ts';

/** After so many batches in a row of which nothing could be written the engine is taken to be down. */
const DOWN_AFTER = 3;
const BASE_MS = 200;
const CAP_MS = 30_000;

/**
 * How much an engine is given, and when: after each batch that it could not take, half as many documents, after a pause that
 * may be twice as long; and again twice as many after each that it took.
 */
export class EnginePace {
  readonly #random: Random;
  readonly #most: number;
  #load: number;
  #failures = 0;
  #pausedUntil = 0;

  /** @param most messages in one batch. */
  constructor(random: Random, most: number) {
    this.#random = random;
    this.#most = most;
    this.#load = most;
  }

  /** How many messages the next batch may have. */
  get load(): number {
    return this.#load;
  }

  /** When the next batch may be sent, in milliseconds since 1970. */
  get pausedUntil(): number {
    return this.#pausedUntil;
  }

  /** Whether hardly more is to be received. */
  get isDown(): boolean {
    return this.#failures >= DOWN_AFTER;
  }

  /**
   * Notes what became of a batch.
   *
   * @returns whether it is to pause.
   */
  note(outcomes: readonly IndexOutcome[], now: number): boolean {
    const faults = outcomes.flatMap((outcome) => (outcome.status === 'again' ? outcome.fault : []));
    const pressure = faults.filter((fault) => fault instanceof BackPressure);
    const isFailure =
      pressure.length > 0 ||
      (faults.length === outcomes.length && faults.some(({ kind }) => kind === 'transient'));
    if (!isFailure) {
      // What it refused for what it holds says nothing of how it is.
      if (faults.length < outcomes.length) this.#recover();
      return false;
    }
    const bound = Math.min(CAP_MS, BASE_MS * 2 ** this.#failures++);
    const asked = Math.max(0, ...pressure.map(({ retryAfterMs = 0 }) => retryAfterMs));
    this.#pausedUntil = Math.max(this.#pausedUntil, now + asked + this.#random.next() * bound);
    this.#load = Math.max(1, Math.floor(this.#load / 2));
    return true;
  }

  #recover(): void {
    this.#failures = 0;
    this.#load = Math.min(this.#most, this.#load * 2);
  }
}

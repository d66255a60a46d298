import type { Clock } from '../ports/clock.ts';

/** A source may tell its time in whole seconds, and its answers take a while: less than that is no difference. */
const PRECISION_MS = 2_000;

/**
 * What time it is where the stream's records are made, as their own times are of that clock: the local one may be slow or fast. The
 * local one as long as the source does not say.
 */
export class SourceTime {
  readonly #clock: Clock;
  #aheadMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.#clock.now() + this.#aheadMs;
  }

  /** @param at when it has answered just now, by its own clock; undefined where it does not say. */
  answered(at: number | undefined): void {
    if (at === undefined) return;
    const aheadMs = at - this.#clock.now();
    this.#aheadMs = Math.abs(aheadMs) < PRECISION_MS ? 0 : aheadMs;
  }
}

import type { Random } from '../ports/random.ts';

const BASE_MS = 100;

/** Pauses between attempts, with full jitter, each bounded by twice as much as the one before. */
export class Backoff {
  readonly #random: Random;
  readonly #capMs: number;
  #failures = 0;

  /** @param capMs bounds all of them. */
  constructor(random: Random, capMs: number) {
    this.#random = random;
    this.#capMs = capMs;
  }

  /** How often it failed in a row. */
  get failures(): number {
    return this.#failures;
  }

  /** Notes a failure. @returns milliseconds to pause. */
  next(): number {
    return this.after(this.#failures++);
  }

  /** Milliseconds to pause after a failure that so many came before. */
  after(failures: number): number {
    return this.#random.next() * Math.min(this.#capMs, BASE_MS * 2 ** Math.min(failures, 30));
  }

  /** It went well. */
  reset(): void {
    this.#failures = 0;
  }
}

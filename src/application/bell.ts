import type { Sleeper } from './ports/sleeper.ts';

/** Wakes all who wait for something to change. */
export class Bell {
  readonly #sleeper: Sleeper;
  #next = new AbortController();

  constructor(sleeper: Sleeper) {
    this.#sleeper = sleeper;
  }

  ring(): void {
    const rung = this.#next;
    this.#next = new AbortController();
    rung.abort();
  }

  /** Resolves when it rings, or after so many milliseconds. */
  async wait(milliseconds: number): Promise<void> {
    await this.#sleeper.sleep(milliseconds, this.#next.signal);
  }
}

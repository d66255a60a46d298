import type { Sleeper } from './ports/sleeper.ts';

/** Given, as the reason that is made otherwise takes a stack trace. */
const RUNG = 'something has changed';

/** Wakes all who wait for something to change. */
export class Bell {
  readonly #sleeper: Sleeper;
  /** One each: a signal that too many listen to is taken for a leak by Node.js. */
  readonly #waiting = new Set<AbortController>();

  constructor(sleeper: Sleeper) {
    this.#sleeper = sleeper;
  }

  ring(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const controller of waiting) controller.abort(RUNG);
  }

  /** Resolves when it rings, or after so many milliseconds. */
  async wait(milliseconds: number): Promise<void> {
    const controller = new AbortController();
    this.#waiting.add(controller);
    await this.#sleeper.sleep(milliseconds, controller.signal);
    this.#waiting.delete(controller);
  }
}

import { Bell } from '../bell.ts';
import type { Sleeper } from '../ports/sleeper.ts';

/** Wakes one who waits; who does not wait just now does not wait the next time. */
export class Wake {
  readonly #bell: Bell;
  #isCalled = false;

  constructor(sleeper: Sleeper) {
    this.#bell = new Bell(sleeper);
  }

  call(): void {
    this.#isCalled = true;
    this.#bell.ring();
  }

  /** Resolves when it is called, was since the last time, or after so many milliseconds. */
  async wait(milliseconds: number): Promise<void> {
    if (!this.#isCalled && milliseconds > 0) await this.#bell.wait(milliseconds);
    this.#isCalled = false;
  }
}

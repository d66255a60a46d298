import { setImmediate as othersHaveRun } from 'node:timers/promises';
import { Clock } from '../../src/application/ports/clock.ts';
import { Sleeper } from '../../src/application/ports/sleeper.ts';

/** A time that passes when it is told to, and while somebody sleeps and nobody else has anything to do. */
export class ManualTime {
  readonly clock: Clock;
  readonly sleeper: Sleeper;
  #now = 1_767_603_600_000;

  constructor() {
    const now = () => this.#now;
    const sleep = async (milliseconds: number, signal: AbortSignal) => {
      const until = this.#now + milliseconds;
      await othersHaveRun();
      if (!signal.aborted) this.#now = Math.max(this.#now, until);
    };
    this.clock = new (class extends Clock {
      override now = now;
    })();
    this.sleeper = new (class extends Sleeper {
      override sleep = sleep;
    })();
  }

  async pass(milliseconds: number): Promise<void> {
    this.#now += milliseconds;
    await othersHaveRun();
  }
}

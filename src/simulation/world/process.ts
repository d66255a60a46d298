import { Clock } from '../../application/ports/clock.ts';
import { MonotonicClock } from '../../application/ports/monotonic-clock.ts';
import { Random } from '../../application/ports/random.ts';
import { Sleeper } from '../../application/ports/sleeper.ts';
import type { Random as Chance } from '../../random/random.ts';
import type { Instance } from './instance.ts';
import type { Scheduler } from './scheduler.ts';

/** What a process knows of time: a clock of its own, and pauses that end with it. */
export function timeOf(
  scheduler: Scheduler,
  instance: Instance,
): { readonly clock: Clock; readonly monotonic: MonotonicClock; readonly sleeper: Sleeper } {
  return {
    clock: new SkewedClock(scheduler, instance),
    monotonic: new Elapsed(scheduler),
    sleeper: new VirtualSleeper(scheduler, instance),
  };
}

/** A process's clock, which differs from the world's. */
class SkewedClock extends Clock {
  readonly #scheduler: Scheduler;
  readonly #instance: Instance;

  constructor(scheduler: Scheduler, instance: Instance) {
    super();
    this.#scheduler = scheduler;
    this.#instance = instance;
  }

  override now(): number {
    return this.#scheduler.now + this.#instance.life.skew;
  }
}

/** Has an origin of its own. */
class Elapsed extends MonotonicClock {
  readonly #scheduler: Scheduler;
  readonly #origin: number;

  constructor(scheduler: Scheduler) {
    super();
    this.#scheduler = scheduler;
    this.#origin = scheduler.now;
  }

  override elapsed(): number {
    return this.#scheduler.now - this.#origin;
  }
}

/** Sleeps in virtual time. */
class VirtualSleeper extends Sleeper {
  readonly #scheduler: Scheduler;
  readonly #instance: Instance;

  constructor(scheduler: Scheduler, instance: Instance) {
    super();
    this.#scheduler = scheduler;
    this.#instance = instance;
  }

  override sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        signal.removeEventListener('abort', wake);
        resolve();
      };
      if (signal.aborted) wake();
      else {
        signal.addEventListener('abort', wake);
        this.#scheduler.in(milliseconds, wake, this.#instance);
      }
    });
  }
}

export class SeededRandom extends Random {
  readonly #random: Chance;

  constructor(random: Chance) {
    super();
    this.#random = random;
  }

  override next(): number {
    return this.#random.fraction();
  }
}

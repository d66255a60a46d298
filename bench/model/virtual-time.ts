import { Clock } from '../../src/application/ports/clock.ts';
import { MonotonicClock } from '../../src/application/ports/monotonic-clock.ts';
import { Sleeper } from '../../src/application/ports/sleeper.ts';
import { chanceOf } from '../../src/simulation/world/chance.ts';
import { Scheduler } from '../../src/simulation/world/scheduler.ts';

const START = Date.UTC(2026, 0, 5);

/** Time that goes on as soon as everybody waits for it. */
export class VirtualTime {
  readonly #scheduler = new Scheduler(START, chanceOf(1, 'ties'));
  readonly clock: Clock;
  readonly monotonic: MonotonicClock;
  readonly sleeper: Sleeper;

  constructor() {
    const scheduler = this.#scheduler;
    this.clock = new (class extends Clock {
      override now = () => scheduler.now;
    })();
    this.monotonic = new (class extends MonotonicClock {
      override elapsed = () => scheduler.now - START;
    })();
    this.sleeper = new (class extends Sleeper {
      override sleep = (milliseconds: number, signal: AbortSignal) =>
        new Promise<void>((resolve) => {
          const wake = () => {
            signal.removeEventListener('abort', wake);
            resolve();
          };
          if (signal.aborted) wake();
          else {
            signal.addEventListener('abort', wake);
            scheduler.in(Math.max(1, milliseconds), wake);
          }
        });
    })();
  }

  /** Lets so many milliseconds pass, with all that happens in them. */
  async pass(milliseconds: number): Promise<void> {
    await settled();
    const until = this.#scheduler.now + milliseconds;
    const over = new AbortController();
    this.#scheduler.at(until, () => {
      over.abort();
    });
    while (!over.signal.aborted) await this.#scheduler.step();
  }

  /** Lets time pass until a promise is settled. */
  async until(promise: Promise<unknown>): Promise<void> {
    const settling = new AbortController();
    const over = () => {
      settling.abort();
    };
    promise.then(over, over);
    while (!settling.signal.aborted && (await this.#scheduler.step()));
    await promise;
  }
}

/** Comes after every promise that can go on has gone on: what has just begun waits by then. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

import { Clock } from '../../../src/application/ports/clock.ts';
import { Logger, type LogFields, type LogLevel } from '../../../src/application/ports/logger.ts';
import { MonotonicClock } from '../../../src/application/ports/monotonic-clock.ts';
import { Sleeper } from '../../../src/application/ports/sleeper.ts';
import type { Place, Scheduler } from '../../../src/simulation/world/scheduler.ts';

/** A process that reads: it may crash, or stand still for a time. */
export class ReaderProcess implements Place {
  alive = true;
  frozenUntil = 0;
  readonly owner: string;
  readonly stop = new AbortController();
  readonly clock: Clock;
  readonly monotonic: MonotonicClock;
  readonly sleeper: Sleeper;
  readonly logger: Logger;
  readonly lines: { readonly level: LogLevel; readonly message: string; readonly fields: LogFields }[] = [];
  /** What became of its run. */
  ended: 'well' | { readonly error: unknown } | undefined;
  readonly #scheduler: Scheduler;

  /** @param skew how its clock differs from the world's, in milliseconds; it has another origin for its monotonic one. */
  constructor(owner: string, scheduler: Scheduler, skew: number) {
    this.owner = owner;
    this.#scheduler = scheduler;
    const { lines } = this;
    this.clock = new (class extends Clock {
      override now = () => scheduler.now + skew;
    })();
    this.monotonic = new (class extends MonotonicClock {
      override elapsed = () => scheduler.now - 1_700_000_000_000;
    })();
    const sleep = (milliseconds: number, signal: AbortSignal) => this.sleep(milliseconds, signal);
    this.sleeper = new (class extends Sleeper {
      override sleep = sleep;
    })();
    this.logger = new (class extends Logger {
      override enabled = () => true;
      override log = (level: LogLevel, message: string, fields: LogFields) => {
        lines.push({ level, message, fields });
      };
    })();
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      if (signal?.aborted === true) wake();
      else {
        signal?.addEventListener('abort', wake);
        this.#scheduler.in(Math.max(1, Math.ceil(milliseconds)), wake, this);
      }
    });
  }
}

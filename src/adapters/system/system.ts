import { Clock } from '../../application/ports/clock.ts';
import { MonotonicClock } from '../../application/ports/monotonic-clock.ts';
import { Random } from '../../application/ports/random.ts';
import { Sleeper } from '../../application/ports/sleeper.ts';

/** The machine's clock. */
export class SystemClock extends Clock {
  override now(): number {
    return Date.now();
  }
}

/** The machine's time since it was started, or the like. */
export class SystemMonotonicClock extends MonotonicClock {
  override elapsed(): number {
    return performance.now();
  }
}

/** `Math.random`. */
export class SystemRandom extends Random {
  override next(): number {
    return Math.random();
  }
}

/** Waits in real time. */
export class SystemSleeper extends Sleeper {
  // Not timers/promises: there, whoever is woken early is given an error with its stack.
  override sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) {
        resolve();
        return;
      }
      const wake = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, milliseconds);
      signal.addEventListener('abort', wake);
    });
  }
}

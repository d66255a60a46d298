import { Clock } from '../application/ports/clock.ts';

/** When a test begins, unless it says otherwise. */
const START = Date.parse('2026-01-01T00:00:00.000Z');

/** A clock that stands still until a test sets it. */
export class TestClock extends Clock {
  #now = START;

  override now(): number {
    return this.#now;
  }

  /** @param time milliseconds since 1970, a Date, or a text such as `2026-01-05T09:00:00Z`. */
  set(time: number | Date | string): void {
    this.#now = timeOf(time, 'the clock');
  }

  /** Moves it on, or back where they are negative. */
  advance(milliseconds: number): void {
    this.set(this.#now + milliseconds);
  }
}

/** @throws Error for what is no time. */
export function timeOf(time: unknown, what: string): number {
  let milliseconds = NaN;
  if (typeof time === 'number') milliseconds = time;
  else if (typeof time === 'string') milliseconds = Date.parse(time);
  else if (time instanceof Date) milliseconds = time.getTime();
  if (Number.isFinite(milliseconds) && milliseconds >= 0) return milliseconds;
  throw new Error(
    `${what} must be milliseconds since 1970, a Date, or a text such as 2026-01-05T09:00:00Z, and is ${String(time)}`,
  );
}

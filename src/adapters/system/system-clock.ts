import { Clock } from '../../application/ports/clock.ts';

/** The machine's clock. */
export class SystemClock extends Clock {
  override now(): number {
    return Date.now();
  }
}

import { SECOND } from '../world/settings.ts';
import type { Report } from './violation.ts';

/** With pauses that double, up to five seconds at least, so many failures within that time are next to impossible. */
const MOST_ATTEMPTS = 20;
const WITHIN_MS = 10 * SECOND;

/** How often one process tries the same records. */
export class Pauses<Of extends object> {
  readonly #failures = new WeakMap<Of, number[]>();
  readonly #nameOf: (record: Of) => string;
  readonly #report: Report;

  constructor(nameOf: (record: Of) => string, report: Report) {
    this.#nameOf = nameOf;
    this.#report = report;
  }

  /** @param now in virtual milliseconds. */
  failed(record: Of, now: number): void {
    const times = this.#failures.get(record) ?? [];
    this.#failures.set(record, times);
    times.push(now);
    if (times.length > MOST_ATTEMPTS) times.shift();
    const [first = now] = times;
    if (times.length === MOST_ATTEMPTS && now - first < WITHIN_MS)
      this.#report(
        'what fails is tried later and later',
        `${this.#nameOf(record)} failed ${MOST_ATTEMPTS} times within ${now - first} ms`,
      );
  }
}

import type { Logger } from '../ports/logger.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { ReaderStatus } from './reader-status.ts';

/** Says in metrics how a reader is doing: what it has handled since the time before, and all else as it is then. */
export class ReaderReport {
  readonly #metrics: Metrics;
  readonly #logger: Logger;
  #handledBefore = 0;

  constructor(metrics: Metrics, logger: Logger) {
    this.#metrics = metrics;
    this.#logger = logger;
  }

  say({ handled, lagMs, gaps, shards }: ReaderStatus): void {
    this.#metrics.add('RecordsHandled', handled - this.#handledBefore);
    this.#handledBefore = handled;
    this.#metrics.add('OpenGaps', gaps.length);
    this.#metrics.add('LeasesHeld', shards.length);
    if (lagMs !== undefined) this.#metrics.add('ReaderLag', lagMs);
    try {
      this.#metrics.flush();
    } catch (error) {
      // Reading goes on without them.
      this.#logger.log('error', 'metrics not published', { error });
    }
  }
}

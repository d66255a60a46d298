import type { BringIntoLine } from '../../bring-into-line/bring-into-line.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SearchQueue } from '../../ports/search-queue.ts';

/** What it takes to mend what was found, beside what finds it. */
export interface MendParts {
  readonly bring: Pick<BringIntoLine, 'execute'>;
  readonly queue: SearchQueue;
  /** For the versions of what is derived from no change. */
  readonly wallClock: Clock;
}

import type { Fault } from '../../domain/fault.ts';
import type { LinkMove, LinkState } from '../../domain/link-move.ts';
import type { Link } from '../../domain/row.ts';
import type { Result } from '../result.ts';

/** Tuple counts, and for every link row what was counted for it. */
export abstract class MatcherRepository {
  /**
   * What was last counted for each link row, read consistently; one result per link, in the order given. Rejects
   * once `signal` is aborted; no further request starts then.
   */
  abstract load(
    links: readonly Link[],
    signal?: AbortSignal,
  ): Promise<readonly (LinkState | undefined | Fault)[]>;

  /**
   * Applies moves, at most one per link in one call. One result per move, in the order given.
   *
   * - Atomicity: a link's state and the counts that it moves change together or not at all.
   * - `done`: all of it. A count that reaches zero goes away.
   * - `conflict`: the link's state is no longer what the move was decided on, or another writer was at work at the
   *   same time, and nothing of the move was done: load and decide again.
   * - A Fault: the move may or may not have been done. Loading again tells.
   * - Rejects once `signal` is aborted: no further request starts, and what was begun may or may not be done.
   * - Concurrency: any number of callers; counts are added to, never overwritten.
   */
  abstract apply(moves: readonly LinkMove[], signal?: AbortSignal): Promise<readonly Result[]>;
}

import type { CountCorrection } from '../../domain/count-correction.ts';
import type { Fault } from '../../domain/fault.ts';
import type { CountedRow, CountMove, CountState } from '../../domain/count-move.ts';
import type { Result } from '../result.ts';

/** Counts, and for every row that is counted what was counted for it. */
export abstract class MatcherRepository {
  /**
   * What was last counted for each row, read consistently; one result per row, in the order given. Rejects
   * once `signal` is aborted; no further request starts then.
   */
  abstract load(
    rows: readonly CountedRow[],
    signal?: AbortSignal,
  ): Promise<readonly (CountState | undefined | Fault)[]>;

  /**
   * The same for those who do not move them: it writes nothing. Where another writer has begun to, `load` sees to it that what is given is
   * stored, and this does not.
   */
  look(
    rows: readonly CountedRow[],
    signal?: AbortSignal,
  ): Promise<readonly (CountState | undefined | Fault)[]> {
    return this.load(rows, signal);
  }

  /**
   * Applies moves, at most one per row and derivation in one call. One result per move, in the order given.
   *
   * - Atomicity: a row's state and the counts that it moves change together or not at all.
   * - `done`: all of it. A count in which no row is counted any more goes away.
   * - `conflict`: the row's state is no longer what the move was decided on, and nothing of the move was done: load and
   *   decide again.
   * - `busy`: another writer was at work at the same time, and nothing of the move was done: it may be tried again as it is.
   * - From an assumed state: `done` only where `startsFrom` says so of what is stored. Where that is costly to tell, as of
   *   sequence numbers with leading zeros, of contributions in another order, or of states that an earlier version wrote, it
   *   may be a `conflict` instead.
   * - A Fault: the move may or may not have been done. Loading again tells.
   * - Rejects once `signal` is aborted: no further request starts, and what was begun may or may not be done.
   * - Concurrency: any number of callers; counts are added to, never overwritten.
   */
  abstract apply(moves: readonly CountMove[], signal?: AbortSignal): Promise<readonly Result[]>;

  /**
   * Sets counts right that their states contradict, each on condition that it is as it was seen: what it is off by is the same whatever
   * moves, so that nothing is lost that is counted meanwhile. States are left as they are. At most one correction per count in one call;
   * one result per correction, in the order given.
   *
   * - `done`: the count is as asked; one of no rows is gone.
   * - `conflict`: it is not as it was seen, or another writer was at work at the same time, and nothing was done.
   * - A Fault: it may or may not have been done. Reading the count again tells.
   * - Rejects once `signal` is aborted: no further request starts, and what was begun may or may not be done.
   * - Concurrency: any number of callers of `apply`; of two that correct one count, one at most has `done`.
   */
  abstract correct(corrections: readonly CountCorrection[], signal?: AbortSignal): Promise<readonly Result[]>;
}

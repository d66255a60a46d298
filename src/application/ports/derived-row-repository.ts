import type { DerivedKey, DerivedRow, RowsMove, RowsState, SourceRow } from '../../domain/derived-rows.ts';
import type { Fault } from '../../domain/fault.ts';
import type { Result } from '../result.ts';

/** A row where a derived one may be, as it is stored. */
export interface StoredDerivedRow {
  readonly attributes: DerivedRow['attributes'];
  /** What it is derived from; undefined where it does not say, so that somebody else wrote it. */
  readonly source: string | undefined;
}

/** A derived row, and what it says it is derived from. */
export interface StrayRow {
  readonly key: DerivedKey;
  readonly source: string;
}

/** Rows that are derived from rows, and for every source which ones are there for it. */
export abstract class DerivedRowRepository {
  /**
   * What was last derived from each row, read consistently; one result per row, in the order given. Rejects once
   * `signal` is aborted; no further request starts then.
   */
  abstract load(
    rows: readonly SourceRow[],
    signal?: AbortSignal,
  ): Promise<readonly (RowsState | undefined | Fault)[]>;

  /**
   * Reads rows by their keys, consistently. One result per key, in the order given: undefined where there is no row, a Fault where
   * that cannot be told. Rejects once `signal` is aborted; no further request starts then.
   */
  abstract read(
    keys: readonly DerivedKey[],
    signal?: AbortSignal,
  ): Promise<readonly (StoredDerivedRow | undefined | Fault)[]>;

  /**
   * Applies moves, at most one per row and derivation in one call. One result per move, in the order given; of moves that
   * have a key in common, in which they are done.
   *
   * - Atomicity: a row's state and all of its derived rows change together or not at all.
   * - A derived row carries `DERIVED_FROM`, what it is derived from; it is written and removed only where nobody else's
   *   row has its key. Where one has: a `configuration` Fault that names both, and nothing of the move is done.
   * - `conflict`: the row's state is no longer what the move was decided on, or another writer was at work at the same
   *   time, and nothing of the move was done: load and decide again.
   * - A Fault: the move may or may not have been done. Loading again tells.
   * - Rejects once `signal` is aborted: no further request starts, and what was begun may or may not be done.
   */
  abstract apply(moves: readonly RowsMove[], signal?: AbortSignal): Promise<readonly Result[]>;

  /**
   * Removes rows that say that they are derived from something, each on condition that it still says so: only such as are derived from
   * what can be no row, as no state is moved. One result per row, in the order given; `done` also where there is none.
   *
   * - `conflict`: it says something else, or another writer was at work at the same time, and nothing was done.
   * - A Fault: it may or may not have been removed.
   * - Rejects once `signal` is aborted: no further request starts, and what was begun may or may not be done.
   */
  abstract discard(rows: readonly StrayRow[], signal?: AbortSignal): Promise<readonly Result[]>;
}

import type { EffectMove, EffectRow, EffectState } from '../../domain/effect.ts';
import type { Fault } from '../../domain/fault.ts';
import type { Result } from '../result.ts';

/** For every row and effect, up to which change the effect has run. */
export abstract class EffectLog {
  /**
   * Up to which change each effect has run, read consistently; one result per row, in the order given; undefined where it
   * has never run. Rejects once `signal` is aborted; no further request starts then.
   */
  abstract load(
    rows: readonly EffectRow[],
    signal?: AbortSignal,
  ): Promise<readonly (EffectState | undefined | Fault)[]>;

  /**
   * Notes that effects have run, at most once per row and effect in one call. One result per move, in the order given.
   *
   * - Atomicity: the note and the move's `write` are made together or not at all. No move keeps another from being made.
   * - `conflict`: the state is no longer what it was when the effect ran, or somebody else was writing at that moment;
   *   nothing was written.
   * - A Fault: the move may or may not have been made. Loading again tells. `configuration` for a `write` that is none of
   *   the backend's kind, and nothing was written; `transient` also where the write's own condition did not hold, as the
   *   code of the effect may decide otherwise the next time.
   * - Rejects once `signal` is aborted: no further request starts, and what was begun may or may not be done.
   */
  abstract advance(moves: readonly EffectMove[], signal?: AbortSignal): Promise<readonly Result[]>;
}

import type { Fault } from '../../domain/fault.ts';
import type { Entity, EntityRows, Member } from '../../domain/pointer.ts';
import type { Result } from '../result.ts';

/** An entity's rows with the revision of its pointer at the time of reading. */
export interface EntityView extends EntityRows {
  /** Changes with every write of the pointer; opaque to callers. */
  readonly revision: string | undefined;
}

/**
 * A pointer to be written on the condition that nothing it was decided on has changed since: the pointer is
 * still as `view` found it, `view.target` is still there and the same (or still gone, where it was), and so is `member`.
 *
 * The pointer's revision alone would not do. A write that is late, from a worker that was suspended or whose
 * request was slow, could meet a pointer that looks unchanged, beside rows that have gone since.
 */
export interface PointerWrite {
  readonly view: EntityView;
  /** What the row must say; undefined to remove it. */
  readonly member: Member | undefined;
}

/** The rows of entities, and the pointers beside them. */
export abstract class ImageRepository {
  /**
   * Reads entities, each as it is now: consistently, but perhaps its parts one after the other, so that a view may
   * contradict itself (`contradictsItself`). The newest row is there where it decides: not where the pointer stays with
   * its row, and that is there. One result per entity, in the order given.
   *
   * Rejects once `signal` is aborted; no further request starts then.
   */
  abstract load(entities: readonly Entity[], signal?: AbortSignal): Promise<readonly (EntityView | Fault)[]>;

  /**
   * Writes pointers, at most one per entity in one call. One result per write, in the order given.
   *
   * - `done`: the row is as asked.
   * - `conflict`: what the write was decided on has changed since, and nothing was written: read and decide again.
   * - A Fault: the write may or may not have happened.
   * - Rejects once `signal` is aborted: no further request starts, and what was begun may or may not be written.
   */
  abstract save(writes: readonly PointerWrite[], signal?: AbortSignal): Promise<readonly Result[]>;
}

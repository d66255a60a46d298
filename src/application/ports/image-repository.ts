import type { EntityImages, Image } from '../../domain/default-image.ts';
import type { Fault } from '../../domain/fault.ts';
import type { Entity } from '../../domain/row.ts';

/** An entity's images with the revision of its default row at the time of reading. */
export interface EntityView extends EntityImages {
  /** Changes with every write of the default row; opaque to callers. */
  readonly revision: string | undefined;
}

/** A default row to be written on the condition that it is still as `view` found it. */
export interface DefaultImageWrite {
  readonly view: EntityView;
  /** What the row must say; undefined to remove it. */
  readonly image: Image | undefined;
}

/** The table's images, and the default rows beside them. */
export abstract class ImageRepository {
  /** Reads entities, each as it is now (consistently). One result an entity, in the order given. */
  abstract load(entities: readonly Entity[]): Promise<readonly (EntityView | Fault)[]>;

  /**
   * Writes default rows, at most one an entity in one call. One result a write, in the order given.
   *
   * - `saved`: the row is as asked.
   * - `conflict`: somebody wrote the row since the view was read, and nothing was written: read and decide again.
   * - A Fault: the write may or may not have happened.
   */
  abstract save(writes: readonly DefaultImageWrite[]): Promise<readonly ('saved' | 'conflict' | Fault)[]>;
}

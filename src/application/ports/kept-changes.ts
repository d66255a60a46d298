import type { ChangeToKeep } from './parked-items.ts';

/** A change of a parked item, as it was kept. */
export interface KeptChange extends ChangeToKeep {
  /** Where it is among those of its item. Opaque to callers. */
  readonly place: string;
}

/** The records of parked items that are needed as they came: `ParkedItems.save` keeps them. */
export abstract class KeptChanges {
  /**
   * Some of the changes of an item, in the order of their versions, from the first on or from that after a place. None where there are no
   * more. Records are as JSON has them: bytes as base64, and times in ISO 8601.
   *
   * @throws Fault when they cannot be read. Rejects once `signal` is aborted.
   */
  abstract load(
    item: string,
    after: string | undefined,
    signal?: AbortSignal,
  ): Promise<readonly KeptChange[]>;

  /**
   * Removes changes of an item for good. Those that are not there are no error.
   *
   * @throws Fault when it is not known of some what became of them. Rejects once `signal` is aborted.
   */
  abstract discard(item: string, changes: readonly KeptChange[], signal?: AbortSignal): Promise<void>;
}

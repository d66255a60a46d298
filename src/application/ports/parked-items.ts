import type { ParkedItem } from '../../domain/parked-item.ts';
import type { Version } from '../../domain/version.ts';
import type { Result } from '../result.ts';

/** What is noted of an item, as it was read. */
export interface NotedItem extends ParkedItem {
  /** Another one after each write. Opaque to callers. */
  readonly revision: string;
}

/** A change of a parked item, to be kept as it came. */
export interface ChangeToKeep {
  readonly version: Version;
  /** The record of the stream. */
  readonly raw: unknown;
}

/** What is to be noted of an item. */
export interface ParkingMove {
  readonly item: string;
  /** As it was read; undefined where nothing was noted. */
  readonly from: NotedItem | undefined;
  /** Undefined for nothing any more. */
  readonly to: ParkedItem | undefined;
  /** Kept with it. One that is kept already stays once. */
  readonly keep: readonly ChangeToKeep[];
}

export interface ParkedLook {
  /** One for each item, in the order given: undefined where nothing is noted. */
  readonly noted: readonly (NotedItem | undefined)[];
  /** How many items of the table are parked, or at least: above a hundred, an adapter need not count all. */
  readonly parked: number;
  /** When the one was parked that is so for longest, in milliseconds since 1970, as far as they were looked at; undefined where none is. */
  readonly oldest: number | undefined;
}

/** Which items of the table are parked, and of which it is counted how often a change of them has failed. */
export abstract class ParkedItems {
  /**
   * What is noted of items, read consistently: what was saved before is seen. In one request while few items are parked, however
   * many are asked for.
   *
   * @throws Fault when it cannot be told. Rejects once `signal` is aborted.
   */
  abstract look(items: readonly string[], signal?: AbortSignal): Promise<ParkedLook>;

  /**
   * Saves what is to be noted, at most one move of an item in one call, each on condition that it is as it was read. One result per
   * move, in the order given.
   *
   * - Atomicity: a move is made whole, together with the changes that it keeps, or not at all; one with changes of more than some 3 MB may have
   *   kept some of them where it fails. No move keeps another from being made.
   * - `conflict`: somebody has written it since it was read, or was writing at that moment.
   * - A Fault: it may or may not have been made. Looking again tells.
   * - Rejects once `signal` is aborted: no further request starts then.
   */
  abstract save(moves: readonly ParkingMove[], signal?: AbortSignal): Promise<readonly Result[]>;

  /**
   * Some of the items of which something is noted, in an order of the adapter's own: each that is there from the first call to the last is
   * given once.
   *
   * @param after what the last call gave as `next`; undefined to begin.
   * @returns `next` undefined where there are no more.
   * @throws Fault when that cannot be told. Rejects once `signal` is aborted.
   */
  abstract page(
    after: string | undefined,
    signal?: AbortSignal,
  ): Promise<{ readonly items: readonly NotedItem[]; readonly next: string | undefined }>;
}

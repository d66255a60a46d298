import type { Gap, NewShard, ShardState } from '../../domain/shard.ts';

/** What a reader knew of a shard's lease when it asks for it. */
export interface Claim {
  readonly shard: string;
  /** The epoch that the lease had when it was loaded: whoever claimed it since wins. */
  readonly epoch: number;
}

/** A lease that is asked for. */
export interface LeaseClaim extends Claim {
  /** For how long whoever gets it may leave it unrenewed, in milliseconds. */
  readonly failoverMs?: number;
}

/** What is noted of a shard, by the holder of its lease. */
export interface Advance {
  readonly shard: string;
  /** Of the holder's claim. */
  readonly epoch: number;
  /** Undefined where nothing new was handled. */
  readonly frontier?: string | undefined;
  /** Everything of the closed shard is handled. Never taken back. */
  readonly complete?: boolean | undefined;
}

/** How far the shards of streams are handled, who reads them, and what was lost: by stream ARN. */
export abstract class ShardStates {
  /** All that is noted of a stream, read consistently. */
  abstract load(stream: string, signal?: AbortSignal): Promise<readonly ShardState[]>;

  /**
   * Notes shards that are not noted yet, without lease and frontier; of those that are, nothing changes.
   *
   * @throws Fault when it is not known whether all are noted: noting them again does no harm.
   */
  abstract add(stream: string, shards: readonly NewShard[], signal?: AbortSignal): Promise<void>;

  /**
   * Claims leases: each is this owner's from now on with an epoch one higher, unless somebody claimed it meanwhile. Of
   * several who claim one at the same epoch, one gets it.
   *
   * @returns the state of those that were got, as it is now.
   * @throws Fault when of none it is known whether it was got. Such as are not returned may be this owner's, and are nobody's work until
   *   they are claimed again, or time out.
   */
  abstract claim(
    stream: string,
    claims: readonly LeaseClaim[],
    owner: string,
    signal?: AbortSignal,
  ): Promise<readonly ShardState[]>;

  /**
   * Renews leases.
   *
   * @returns the shards whose lease is another's by now: their work is to stop.
   * @throws PartlyWritten where it is known of some what became of them; another Fault where of none.
   */
  abstract renew(
    stream: string,
    held: readonly Claim[],
    owner: string,
    signal?: AbortSignal,
  ): Promise<readonly string[]>;

  /** Gives leases back, so that others need not wait for them to time out. Those that are another's stay so. */
  abstract release(
    stream: string,
    held: readonly Claim[],
    owner: string,
    signal?: AbortSignal,
  ): Promise<void>;

  /**
   * Moves frontiers, each on condition that the lease has the epoch, 0 where nobody ever claimed it. A frontier never goes back, whatever is asked, and a
   * complete shard stays complete.
   *
   * @returns the shards whose lease has another epoch: nothing of them was written.
   * @throws Fault as `renew` does. Writing again does no harm.
   */
  abstract advance(
    stream: string,
    moves: readonly Advance[],
    signal?: AbortSignal,
  ): Promise<readonly string[]>;

  /** Forgets shards that have left the stream, so that nothing is kept for ever. Not those with children that are not complete. */
  abstract forget(stream: string, shards: readonly string[], signal?: AbortSignal): Promise<void>;

  /**
   * Notes gaps for good. One of the same shard, reason and position is noted once, with the latest time at which it was: it may have grown since the one
   * before, and whoever repaired it by then did not repair all of it.
   */
  abstract noteGaps(stream: string, gaps: readonly Gap[], signal?: AbortSignal): Promise<void>;

  /** The gaps that nobody has closed. */
  abstract gaps(stream: string, signal?: AbortSignal): Promise<readonly Gap[]>;

  /**
   * Closes gaps, once what they left is repaired. Those that are not there are no error; what was noted at another time is another,
   * and stays.
   */
  abstract closeGaps(stream: string, gaps: readonly Gap[], signal?: AbortSignal): Promise<void>;
}

import type { StreamGap } from '../../domain/shard.ts';

/** How a shard that this process reads is doing. */
export interface ShardStatus {
  readonly shard: string;
  /**
   * How long ago the change was made that is handled next, in milliseconds; 0 where there is none, undefined where unknown. Of a
   * shard that cannot be read it is the time since its last page.
   */
  readonly lagMs: number | undefined;
  /** How many records were read and are not handled. */
  readonly held: number;
  /** How many items wait for a record that failed. */
  readonly blockedItems: number;
  /** How far all is handled. */
  readonly frontier: string | undefined;
  /** Why it could not be read when it was asked last; undefined where it could. */
  readonly problem: string | undefined;
}

/** How a reader is doing now. */
export interface ReaderStatus {
  /** Whether the shards are listed, and this process takes part in reading them: it has looked at the leases lately. */
  readonly isReady: boolean;
  /** When something last went well, in milliseconds since 1970: a page was read, a record handled, or, where no shard is read, the leases looked at. */
  readonly lastProgressAt: number | undefined;
  /** The shards that this process reads. */
  readonly shards: readonly ShardStatus[];
  /** The longest lag of those; undefined where none is known. */
  readonly lagMs: number | undefined;
  /** How many shards of the stream are not complete, whoever reads them. */
  readonly open: number;
  /** What is lost, and was not repaired. */
  readonly gaps: readonly StreamGap[];
  /** How many records this process has handled. */
  readonly handled: number;
  /** Whether the stream gets no more records. */
  readonly isSwitchedOff: boolean;
}

/** How reading ended. */
export interface ReadResult {
  /** How many records this process has handled. */
  readonly handled: number;
  /** How many it has read and not handled. */
  readonly unhandled: number;
  /** The gaps that nobody has closed. */
  readonly gaps: readonly StreamGap[];
  /** Whether the stream was switched off, and is read to its end. */
  readonly isEndOfStream: boolean;
}

/** Of a reader that has not begun. */
export const NOTHING_YET: ReaderStatus = {
  ...{ isReady: false, lastProgressAt: undefined, shards: [], lagMs: undefined, open: 0, gaps: [] },
  ...{ handled: 0, isSwitchedOff: false },
};

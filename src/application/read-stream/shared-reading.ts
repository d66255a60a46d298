import type { Gap } from '../../domain/shard.ts';
import type { Gate } from './gate.ts';
import type { HeldBytes } from './held-bytes.ts';
import type { ReadStreamOptions } from './options.ts';

/** What the readings of all shards share. */
export interface SharedReading {
  readonly options: ReadStreamOptions;
  /** For requests to the stream. */
  readonly requests: Gate;
  /** For batches. */
  readonly batches: Gate;
  readonly bytes: HeldBytes;
  /** The time by the clock that records have theirs from, in milliseconds since 1970. */
  readonly now: () => number;
  /** When reading began, by the same: all shards were listed. */
  readonly beganAt: () => number;
  /** The epoch of a shard's lease; undefined when it is not held. */
  readonly epochOf: (shard: string) => number | undefined;
  /** Whether this process can be sure that nobody else reads a shard. */
  readonly isHeld: (shard: string) => boolean;
  /** Whether a shard is known to get no more records: then it is read to its last page. */
  readonly isClosed: (shard: string) => boolean;
  /** Whether a shard is in the stream; undefined when that cannot be told now. */
  readonly isListed: (shard: string) => Promise<boolean | undefined>;
  /** Notes a gap for good; rejects when it may not be noted. */
  readonly noteGap: (gap: Omit<Gap, 'at'>) => Promise<void>;
  /** A shard's frontier may have moved. */
  readonly moved: (shard: string, frontier: string | undefined) => unknown;
  /** Something went well: the process is alive. */
  readonly progressed: () => void;
}

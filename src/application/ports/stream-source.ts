import type { Shard, ShardPosition } from '../../domain/shard.ts';

/** A record of the stream, undecoded. */
export interface SourceRecord {
  /** Its sequence number: decimal digits. */
  readonly sequence: string;
  /** Its item's key as text, the same for all records of an item and for no other's; empty where it has none. */
  readonly item: string;
  /** When the change was made, in milliseconds since 1970, to the second; undefined where it does not say. */
  readonly at: number | undefined;
  /** About how much memory it takes: what is held is bounded by it. */
  readonly bytes: number;
  /** As Lambda delivers it, with every digit and byte. */
  readonly record: unknown;
}

/** One page of the stream's shards. */
export interface ShardListing {
  readonly shards: readonly Shard[];
  /** To go on after; undefined for the last page. A shard that is missing is gone only if it is on none of the pages. */
  readonly next: string | undefined;
  /** Whether new changes come: a stream that is switched off can be read for a day. */
  readonly enabled: boolean;
  /** When it was answered, by the clock that records have their times from, in milliseconds since 1970; undefined where the source does not say. */
  readonly at?: number | undefined;
}

/** Which shards are asked for. */
export interface ListShards {
  /** `next` of the page before. */
  readonly after?: string | undefined;
  /** Only the children of this shard, where the source can tell them: others may be listed too, and some be missing. */
  readonly childrenOf?: string | undefined;
}

/** What reading a page came to. */
export type SourcePage =
  | {
      readonly is: 'page';
      /** In order; may be none, which proves nothing. */
      readonly records: readonly SourceRecord[];
      /** Undefined after the last page of a closed shard, which may have records. */
      readonly next: string | undefined;
    }
  /** The iterator is too old: another one at the same position goes on. */
  | { readonly is: 'expired' }
  /** The records at this position have left the stream. */
  | { readonly is: 'trimmed' }
  /** There is no such shard, or no longer. */
  | { readonly is: 'gone' };

/** A table's change stream, read directly. One attempt a call: whoever calls tries again. */
export abstract class StreamSource {
  /** The stream's ARN. */
  abstract readonly arn: string;

  /**
   * One page of shards, parents and children in any order; undefined when there is no such stream.
   *
   * @throws Fault `transient` for throttling, time-outs and errors of the service; `configuration` for missing rights.
   */
  abstract list(request: ListShards, signal?: AbortSignal): Promise<ShardListing | undefined>;

  /**
   * An iterator at a position of a shard, good for some minutes. For `beginning`, or a number that it does not know, a source that
   * cannot tell where that is gives one at the horizon.
   *
   * @throws Fault as `list` does.
   */
  abstract iterator(
    shard: string,
    position: ShardPosition,
    signal?: AbortSignal,
  ): Promise<{ readonly is: 'iterator'; readonly iterator: string } | { readonly is: 'trimmed' | 'gone' }>;

  /**
   * The next records of a shard: at most `max`, from 1 to 1,000.
   *
   * @throws Fault as `list` does: the iterator can be used again.
   */
  abstract records(iterator: string, max: number, signal?: AbortSignal): Promise<SourcePage>;
}

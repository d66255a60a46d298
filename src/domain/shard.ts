/** A shard, as the stream lists it. */
export interface Shard {
  readonly id: string;
  /** Whose records come before its own; undefined for one of the stream's first. Parents may have left the stream. */
  readonly parent: string | undefined;
  /** Whether it gets no more records: its last page says so too. */
  readonly closed: boolean;
  /** The number of its first record, or a lower one; of the first that is left, where the stream knows no better, or none. */
  readonly first?: string | undefined;
}

/**
 * From where a shard is read: all of it, all that the stream still has of it, what comes from now on, a record and what follows it, or only that.
 * At its `beginning`, a shard of which the first records have left the stream is `trimmed`, as it is at a number that has.
 */
export type ShardPosition =
  | 'beginning'
  | 'horizon'
  | 'latest'
  | { readonly at: string; readonly after?: never }
  | { readonly after: string; readonly at?: never };

/** A shard as it is noted first. */
export type NewShard = Pick<ShardState, 'id' | 'parent' | 'start' | 'first'>;

/** How far a shard has been handled, and by whom it is read. */
export interface ShardState {
  readonly id: string;
  readonly parent: string | undefined;
  /** Where it is begun, the first time: at its beginning those that came when the stream was being read already. */
  readonly start: 'beginning' | 'horizon' | 'latest';
  /** `first` as it was listed when it was noted: that may be another later, once records have left the stream. */
  readonly first?: string | undefined;
  /** The highest sequence number up to which everything is handled or in quarantine; undefined before the first. */
  readonly frontier: string | undefined;
  /** Closed, and everything handled: its children may begin. */
  readonly complete: boolean;
  readonly lease: Lease;
}

/**
 * Who reads a shard. A lease saves work and is not what correctness rests on: fences are. It has no time of day, as clocks differ:
 * whoever watches it takes it over once it has been the same for long enough by their own clock.
 */
export interface Lease {
  /** Empty when nobody does. */
  readonly owner: string;
  /** One more with each claim: who writes with an older one has lost the lease. */
  readonly epoch: number;
  /** One more with each renewal. */
  readonly renewals: number;
  /** For how long its owner may leave it unrenewed, in milliseconds: others take it over after that; as they see fit where its owner did not say. */
  readonly failoverMs?: number;
}

/** Records that nobody can read any more, for good: what is derived of their items has to be repaired. */
export interface Gap {
  /** Of the shard that they were in; undefined where a whole stream is gone. */
  readonly shard: string | undefined;
  readonly reason:
    /** Records after the position had left the stream before they were read. */
    | 'trimmed'
    /** The shard had left the stream before all of it was handled. */
    | 'vanished'
    /** The table has another stream than the one that was read, which had not been read to its end. */
    | 'new stream'
    /** The table's stream is switched off. */
    | 'switched off';
  /** The last sequence number that was handled before it; undefined when none was. */
  readonly after: string | undefined;
  /** When it was noticed last, in milliseconds since 1970: by the stream's own clock, where that says its time, as those of processes differ. */
  readonly at: number;
}

/** A gap of a stream. */
export interface StreamGap extends Gap {
  /** The stream's ARN. */
  readonly stream: string;
}

/** Whether two are of the same position, and were noted at the same time. */
export function isSameGap(a: StreamGap, b: StreamGap): boolean {
  return a.stream === b.stream && a.at === b.at && isSamePosition(a, b);
}

/** Whether two gaps of a stream are of the same position, whenever they were noted. */
export function isSamePosition(a: Gap, b: Gap): boolean {
  return a.shard === b.shard && a.reason === b.reason && a.after === b.after;
}

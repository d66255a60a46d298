import type { Attempt } from '../../application/read-changes/hand-over.ts';
import type { StreamShards } from '../../application/read-changes/told-shard-states.ts';
import type { ReaderStatus, ReadResult } from '../../application/read-stream/reader-status.ts';
import type { StreamGap } from '../../domain/shard.ts';
import type { Changes } from './changes.ts';
import type { ReadOptions } from './reader-options.ts';

/** What a reader tells, by the names of its events. */
export interface ReaderEvents<C> {
  /** A row came. Waited for: the change is handled when all listeners have returned, and their promises have resolved; it fails when one throws. */
  readonly insert: (change: Extract<C, { readonly operation: 'INSERT' }> & Attempt) => unknown;
  /** A row changed. Waited for as `insert` is. */
  readonly modify: (change: Extract<C, { readonly operation: 'MODIFY' }> & Attempt) => unknown;
  /** A row went. Waited for as `insert` is. */
  readonly remove: (change: Extract<C, { readonly operation: 'REMOVE' }> & Attempt) => unknown;
  /** Shards are new, and will be read; also those that there are when reading begins. Not waited for; where one throws, or its promise rejects, the reader ends with that, and the next reading tells it again. */
  readonly 'new shards': (shards: StreamShards) => unknown;
  /** Shards that were handled have left the stream. As `new shards`. */
  readonly 'removed shards': (shards: StreamShards) => unknown;
  /**
   * Changes are lost for good, as they left the stream before they were read; the changes behind it come after. Told again by the next process, until
   * `closeGap` is called. As `new shards`.
   */
  readonly gap: (gap: StreamGap) => unknown;
}

/** How a reader is doing now. */
export interface ReadingStatus extends ReaderStatus {
  /** The ARN of the stream that is read; empty before the first. */
  readonly stream: string;
}

/**
 * Reads the changes of a table, in one of two forms at a time: `changes` gives them to a loop, `run` to listeners. Each begins where the
 * one before stood. Both are at least once, and keep the order of a row's changes.
 */
export interface Reader<C> {
  /** The changes as an async iterator. @throws Fault `configuration` where listeners wait for them, or an option is wrong. */
  changes(options?: ReadOptions): Changes<C>;
  /**
   * Listens to an event, also while it reads. Several listeners of one event are called one after the other.
   *
   * @throws Fault `configuration` where there is no such event.
   */
  on<Name extends keyof ReaderEvents<C>>(event: Name, listener: ReaderEvents<C>[Name]): this;
  /**
   * Calls the listeners of `insert`, `modify` and `remove` for each change, until its signal is aborted, the stream has ended or, once, all is
   * handled. A change that nobody listens to is handled. One that fails is tried again after a pause, later and later, up to 30 seconds.
   *
   * Rejects with the Fault that ended it otherwise, or what a listener of shards and gaps threw.
   *
   * @returns how it ended. `unhandled`: records that come again.
   */
  run(options?: ReadOptions): Promise<ReadResult>;
  /** How it is doing now. */
  readonly status: ReadingStatus;
  /**
   * How far all is handled, as text for the option `state` of another reader: every change that was acknowledged before is in it, and none that was
   * not. A shard that was begun at its latest record, or was to be, and has had none since, is there begun at its beginning: then more comes again, and nothing is
   * missed.
   *
   * @throws Fault `configuration` where that is kept in `states`.
   */
  state(): Promise<string>;
  /** Once what a gap left is repaired: it is told no more. @throws Fault where that cannot be noted. */
  closeGap(gap: StreamGap): Promise<void>;
}

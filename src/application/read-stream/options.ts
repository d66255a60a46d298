/** How a process reads a stream. */
export interface ReadStreamOptions {
  /**
   * Where it begins as long as nothing of the stream is noted: with all that the stream has, with what comes now, or with its very
   * first record, so that what has left the stream before is a gap.
   */
  readonly from: 'horizon' | 'latest' | 'beginning';
  /** Whether it ends once what is there when it starts is handled. */
  readonly once: boolean;
  /** How many records are handled at once. */
  readonly batchSize: number;
  /** How many batches of a shard are handled at the same time, each item always in the same one. */
  readonly parallelizationFactor: number;
  /** How many batches of all shards are handled at the same time. */
  readonly batchesAtOnce: number;
  /**
   * How long a batch may take, in milliseconds: what is not done by then is tried again. `Infinity`, where whoever handles it answers as
   * soon as its signal is aborted.
   */
  readonly batchMs: number;
  /** How many shards are asked for records at the same time. */
  readonly requestsAtOnce: number;
  /** How many records a shard is asked for: up to 1,000. */
  readonly pageSize: number;
  /** How often in a second a shard is asked for records at most. */
  readonly pagesPerSecond: number;
  /** How long the pauses become between pages of a shard that has nothing, in milliseconds. */
  readonly idleMs: number;
  /** How many records of a shard may be read beyond the first that is not done. */
  readonly aheadMax: number;
  /** How much of a shard is held in memory, in bytes; once that much is, no page is read. */
  readonly shardBytes: number;
  /** The same for all shards; a shard of which nothing is held gets a few records all the same. */
  readonly heldBytes: number;
  /** The longest pause before what failed is tried again, in milliseconds. */
  readonly retryMs: number;
  /** How often frontiers are saved, in milliseconds. */
  readonly saveMs: number;
  /** How often all shards are listed, in milliseconds. */
  readonly listMs: number;
  /** How long the stream must have listed a closed shard without giving it until the shard counts as lost, in milliseconds. */
  readonly refusedMs: number;
  /** How long the stream must have said that the records of a position have left it until they count as lost, in milliseconds. */
  readonly trimmedMs: number;
  /** How long a shard must have been missing from the stream until it is forgotten, in milliseconds. Of no listing older than half of that anything is noted. */
  readonly forgetMs: number;
  /** How long a lease goes unrenewed until others take it over, in milliseconds. Renewed three times as often. */
  readonly failoverMs: number;
  /** How long what has begun may take once it is stopped, in milliseconds. */
  readonly stopMs: number;
  /** Only `once`: after so many empty pages in a row a shard that is open has nothing more. */
  readonly quietPages: number;
  /** Only `once`: how often a record is tried until it is left, and a shard that a setting keeps from being read. */
  readonly onceAttempts: number;
}

export const READ_STREAM_DEFAULTS: ReadStreamOptions = {
  from: 'horizon',
  once: false,
  batchSize: 1_000,
  parallelizationFactor: 1,
  batchesAtOnce: 8,
  batchMs: 60_000,
  requestsAtOnce: 32,
  pageSize: 1_000,
  pagesPerSecond: 5,
  idleMs: 2_000,
  aheadMax: 10_000,
  shardBytes: 16 * 2 ** 20,
  // As objects, records take two to three times as much.
  heldBytes: 96 * 2 ** 20,
  retryMs: 30_000,
  saveMs: 1_000,
  listMs: 60_000,
  refusedMs: 120_000,
  trimmedMs: 1_000,
  forgetMs: 600_000,
  failoverMs: 10_000,
  stopMs: 20_000,
  quietPages: 10,
  onceAttempts: 5,
};

/** How the reading of a shard ended. */
export type ReadingEnd =
  /** It is closed, and all of its records are handled. */
  | 'complete'
  /** Only `once`: what it had is handled, or tried often enough. */
  | 'settled'
  /** It was stopped, or its lease is lost. */
  | 'stopped';

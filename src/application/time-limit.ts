/** How long a batch may take. */
export interface TimeLimit {
  /** Aborted when the time is up, or the process is to stop: nothing new starts, and what is pending is abandoned. */
  readonly signal: AbortSignal;
  /** Milliseconds left; not above 0 when there are none. */
  readonly remaining: () => number;
}

/** For batches that may take as long as they like. */
export const NO_LIMIT: TimeLimit = {
  signal: new AbortController().signal,
  remaining: () => Infinity,
};

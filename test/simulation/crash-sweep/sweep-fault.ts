/** What goes wrong with one call. */
export const SWEEP_FAULTS = [
  /** An error, and nothing was done. */
  'fails before',
  /** Done, and then an error. */
  'fails after',
  /** The first half of the entries is done, and every other entry of that half is reported as failed all the same. */
  'partial',
  /** An error, and it is done when everything else is over. */
  'late',
  /**
   * The process ends before the request leaves it, or before it sees the response. What it has under way beside
   * takes effect, or is lost with it.
   */
  'crash before, others arrive',
  'crash before, others are lost',
  'crash after, others arrive',
  'crash after, others are lost',
] as const;

export type SweepFault = (typeof SWEEP_FAULTS)[number];

/** Those that leave the most behind, for what takes too long with all of them. */
export const NASTY_FAULTS = [
  'fails after',
  'late',
  'crash before, others arrive',
  'crash after, others are lost',
] as const satisfies readonly SweepFault[];

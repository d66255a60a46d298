/** What goes wrong with one call of a port. */
export type CallFault =
  /** An error, and nothing was done. */
  | 'refused'
  /** The service says that trying again is of no use: of all entries, of some, or of one. The others are done. */
  | 'refusal'
  /** Done, and then an error: the response is lost. */
  | 'lost'
  /** An error, and it is done much later. */
  | 'late'
  /** No answer ever; done or not. */
  | 'hang'
  /** Some entries are done, some not, some done and reported as failed. */
  | 'partial'
  /** Takes seconds. */
  | 'slow'
  /** The process ends before the request leaves it, or after it has taken effect. */
  | 'crash before'
  | 'crash after'
  /** The process stands still for a while, before the request leaves it or before it sees the response. */
  | 'freeze before'
  | 'freeze after';

/** What a worker calls. */
export const PORTS = [
  'queue.send',
  'images.load',
  'images.save',
  'matcher.load',
  'matcher.apply',
  'replica.apply',
  'quarantine.keep',
] as const;

/** Asked in worlds whose table moves only; not among those that a world may choose to be the only faulty one. */
export type Port = (typeof PORTS)[number] | 'generations.of';

/** Which of them are more frequent than others. */
export const WEIGHTS: Readonly<Record<CallFault, number>> = {
  refused: 4,
  refusal: 1,
  lost: 4,
  late: 3,
  hang: 1,
  partial: 5,
  slow: 2,
  'crash before': 1,
  'crash after': 1,
  'freeze before': 1,
  'freeze after': 1,
};

export const CALL_FAULTS = Object.keys(WEIGHTS) as readonly CallFault[];

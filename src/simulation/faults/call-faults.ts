/** What goes wrong with one call of a port; the more weight, the more frequent. */
export const WEIGHTS = {
  /** An error, and nothing was done. */
  refused: 4,
  /** The service says that trying again is of no use: of all entries, of some, or of one. The others are done. */
  refusal: 1,
  /** Done, and then an error: the response is lost. */
  lost: 4,
  /** An error, and it is done much later. */
  late: 3,
  /** No answer ever; done or not. */
  hang: 1,
  /** Some entries are done, some not, some done and reported as failed. */
  partial: 5,
  /** Takes seconds. */
  slow: 2,
  /** The process ends before the request leaves it, or after it has taken effect. */
  'crash before': 1,
  'crash after': 1,
  /** The process stands still for a while, before the request leaves it or before it sees the response. */
  'freeze before': 1,
  'freeze after': 1,
};

export type SeededFault = keyof typeof WEIGHTS;

/** Two that no seed draws: what the process has under way beside is lost with it. */
export type CallFault = SeededFault | 'crash before, others lost' | 'crash after, others lost';

/** Those that an indexer meets: what a service refuses for a setting waits for an operator, and writes may well be late. */
export const INDEXER_FAULTS = (
  Object.entries({ ...WEIGHTS, refusal: 0, late: 8 }) as readonly (readonly [SeededFault, number])[]
).map(([fault, weight]) => [weight, fault] as const);

/** Those that a command meets: it makes many calls, and begins again where its process ends. */
export const COMMAND_FAULTS = (
  Object.entries({
    ...{ refused: 20, lost: 20, late: 20, hang: 3, partial: 20, slow: 5 },
    ...{ 'crash before': 2, 'crash after': 3, 'freeze before': 2, 'freeze after': 2 },
  }) as readonly (readonly [SeededFault, number])[]
).map(([fault, weight]) => [weight, fault] as const);

/** Those that a reader meets, which asks all the time: few of them end it. */
export const READER_FAULTS = (
  Object.entries({
    ...{ refused: 40, lost: 30, late: 15, hang: 4, slow: 10 },
    ...{ 'crash before': 1, 'crash after': 1, 'freeze before': 1, 'freeze after': 1 },
  }) as readonly (readonly [SeededFault, number])[]
).map(([fault, weight]) => [weight, fault] as const);

export const CALL_FAULTS = Object.keys(WEIGHTS) as readonly SeededFault[];

/** What a worker calls: its ports, and the code of effects; `generations.of` in worlds whose table moves only. */
export type Port =
  | 'queue.send'
  | 'images.load'
  | 'images.save'
  | 'matcher.load'
  | 'matcher.apply'
  | 'rows.load'
  | 'rows.apply'
  | 'effects.load'
  | 'effects.advance'
  | 'effect.run'
  | 'replica.apply'
  | 'quarantine.keep'
  | 'generations.of';

/** What a reader of the stream calls. */
export type ReaderPort =
  | 'stream.list'
  | 'stream.iterator'
  | 'stream.records'
  | 'states.load'
  | 'states.add'
  | 'states.claim'
  | 'states.renew'
  | 'states.release'
  | 'states.advance'
  | 'states.forget'
  | 'states.noteGaps'
  | 'states.gaps';

/** What an indexer calls. */
export type IndexerPort =
  | 'source.receive'
  | 'source.acknowledge'
  | 'source.giveBack'
  | 'source.extend'
  | 'fences.load'
  | 'fences.advance'
  | 'index.apply'
  | 'sourceRows.read';

/** What a command calls, beside what a worker does. */
export type CommandPort =
  | 'scan.page'
  | 'scan.size'
  | 'listing.elsewhere'
  | 'listing.states'
  | 'sourceRows.read'
  | 'index.read'
  | 'index.documents'
  | 'fences.load'
  | 'fences.documents'
  | 'notes.load'
  | 'notes.save'
  | 'notes.remove'
  | 'backlog.waiting'
  | 'givenUp.receive'
  | 'givenUp.acknowledge'
  | 'matcher.correct'
  | 'rows.read'
  | 'rows.discard';

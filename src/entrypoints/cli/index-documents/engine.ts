import type { SearchIndex } from '../../../application/ports/search-index.ts';

/** A search engine that `contrail index` works on. */
export interface Engine {
  /** Where documents are written. */
  readonly index: SearchIndex;
  /**
   * Makes collections that are missing.
   *
   * @returns what was made, a line each.
   * @throws Fault `configuration` where one is there and is not as the definition says: the message says what differs.
   */
  create(signal: AbortSignal): Promise<readonly string[]>;
  /**
   * Makes sure that all collections are there and as the definition says.
   *
   * @throws Fault `configuration` where they are not, or the key is refused.
   */
  check(signal: AbortSignal): Promise<void>;
  /** Begins a new collection beside one. */
  beside(collection: string, signal: AbortSignal): Promise<Replacement>;
  close(): Promise<void>;
}

/** A collection that is to take another one's place. */
export interface Replacement {
  /** For messages. */
  readonly name: string;
  /** Takes the documents under the name of the collection whose place it is to take. */
  readonly index: SearchIndex;
  /** The ids of all documents that the collection has whose place it is to take; of none where it is not there. */
  ids(signal: AbortSignal): AsyncIterable<string>;
  /** What is left of earlier ones that took no place, or have lost it, a text each: of those, nobody knows here who needs them. */
  readonly leftovers: readonly string[];
  /** What earlier ones have left that nobody can need: it was removed. A text each. */
  readonly removed: readonly string[];
  /**
   * A digest of all documents of the collection whose place it is to take, or has taken: another one once somebody has written something else
   * there. Undefined where nobody else can write.
   */
  contents(signal: AbortSignal): Promise<string | undefined>;
  /**
   * From one moment to the next it takes the place. Safe to repeat.
   *
   * @returns what became of the old one, as a line.
   * @throws Fault `configuration` where it has not, and never will; another one where it may have, or may yet.
   */
  switch(): Promise<string>;
  /** Leaves nothing of it, where it did not take the place. */
  drop(): Promise<void>;
}

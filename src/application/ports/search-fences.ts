import type { Fault } from '../../domain/fault.ts';
import type { DocumentKey } from '../../domain/search-document.ts';
import type { SearchFence, SearchFenceMove } from '../../domain/search-fence.ts';
import type { Result } from '../result.ts';

/**
 * Up to which change each document of the search index is, beside an index that has no conditional writes. Who writes a document
 * reads its fence first and moves it afterwards, on condition that it is as it was read. Of two that write one document at the
 * same time at least one is refused then, and writes again: so the last write is never an older one, whatever their order was.
 */
export abstract class SearchFences {
  /**
   * The fences of documents, read consistently; one result per document, in the order given; undefined where there is none.
   * Rejects once `signal` is aborted; no further request starts then.
   */
  abstract load(
    keys: readonly DocumentKey[],
    signal?: AbortSignal,
  ): Promise<readonly (SearchFence | undefined | Fault)[]>;

  /**
   * Moves fences, at most one move per document in one call. One result per move, in the order given.
   *
   * - `conflict`: the fence is not `from` any more (version and revision), and was not moved. No move keeps another from
   *   being made.
   * - A Fault: the fence may or may not have been moved. Loading again tells.
   * - The fence of a document that is gone may be forgotten after 30 days (`TOMBSTONE_SECONDS`), of others never.
   * - Concurrency: any number of callers.
   * - Rejects once `signal` is aborted: no further request starts, and what was begun may or may not be done.
   */
  abstract advance(moves: readonly SearchFenceMove[], signal?: AbortSignal): Promise<readonly Result[]>;

  /**
   * The documents of collections that have a fence and are not gone, in no particular order, each once, page by page: memory does not grow with
   * their number. What is moved meanwhile may be there as it was, or as it is. Undefined for one of which the store keeps only a digest of
   * its name, of whichever collection.
   *
   * @throws Fault when something cannot be read: a listing that ends without one is complete. Rejects once `signal` is aborted.
   */
  abstract documents(
    collections: readonly string[],
    signal?: AbortSignal,
  ): AsyncIterable<readonly (DocumentKey | undefined)[]>;
}

import type { DocumentFields } from '../../domain/search-document.ts';
import type { Fault } from '../../domain/fault.ts';
import type { Version } from '../../domain/version.ts';
import type { Done } from '../result.ts';

/** What one document of a collection must be. */
export interface DocumentWrite {
  /** Unique within the collection; whatever `document` says its `id` is, this is what it gets. */
  readonly id: string;
  /** The document as it must be; undefined when it must be gone. */
  readonly document: DocumentFields | undefined;
  /** The same as JSON on one line, where that is known: an engine that takes JSON need not write it again. */
  readonly json?: string | undefined;
  /**
   * The version of the change that decided this. An engine that keeps versions itself (OpenSearch's external ones) may
   * refuse what is older by it, and answers `done` then; others do not look at it, and leave the fence to their caller.
   */
  readonly version: Version;
}

/** A write, and the collection of its document. */
export interface CollectionWrite {
  readonly collection: string;
  readonly write: DocumentWrite;
}

/** A document as an index holds it, `id` among its fields. */
export interface IndexedDocument {
  readonly id: string;
  readonly fields: DocumentFields;
}

/**
 * A search engine's documents, by collection. It keeps what it is told, without fences of its own: who writes decides what
 * is newer. What an engine cannot hold as it is, it holds as the collection's schema says (`asIndexed`).
 */
export abstract class SearchIndex {
  /**
   * Writes and deletes documents of one collection, at most one write a document in one call. One result per write, in the
   * order given.
   *
   * - `done`: the document is as asked, and read so from now on. To delete what is not there is `done`.
   * - A Fault: the write may or may not have taken effect, and may yet do so, also after a later one (`LATE_MS`), unless it is
   *   one of these: then it was refused, and never does. `permanent` where this document is refused and always will be: it
   *   names the collection, the id and the field, and nothing of what the document says. `configuration` where an operator has
   *   to act. `BackPressure` where the engine asks its callers to slow down.
   * - Idempotency: whole documents are written, so a write may be repeated.
   * - Order: within a call none is promised. Writes of one call take effect before those of a later one, unless a
   *   Fault was their result.
   * - Partial failure: a document that is refused keeps no other from being written. What stands in the way of all ends the
   *   call: all that was not written yet has that Fault.
   * - Concurrency: one collection has one call at a time of each caller, and requests go out one after the other.
   * - Attempts: one. Nothing is repeated within a call.
   * - Rejects once `signal` is aborted: no further request starts, and what was begun may or may not take effect.
   */
  abstract apply(
    collection: string,
    writes: readonly DocumentWrite[],
    signal?: AbortSignal,
  ): Promise<readonly Done[]>;

  /**
   * The same as `apply`, for documents of several collections at once. Only an index has it that takes them all in one request;
   * others are asked once for each collection, so that a slow one keeps no other waiting.
   */
  applyToAll?(writes: readonly CollectionWrite[], signal?: AbortSignal): Promise<readonly Done[]>;

  /**
   * Reads documents, each as it is now. One result per id, in the order given: undefined where there is none, a Fault where
   * that cannot be told. Rejects once `signal` is aborted.
   */
  abstract read(
    collection: string,
    ids: readonly string[],
    signal?: AbortSignal,
  ): Promise<readonly (DocumentFields | undefined | Fault)[]>;

  /**
   * All documents of a collection, in no particular order, each once. Memory does not grow with their number. Those that are
   * written meanwhile may be there as they were, or as they are.
   *
   * @throws Fault when the collection cannot be read, or not to its end: a listing that ends without one is complete.
   *   Rejects once `signal` is aborted.
   */
  abstract documents(collection: string, signal?: AbortSignal): AsyncIterable<IndexedDocument>;
}

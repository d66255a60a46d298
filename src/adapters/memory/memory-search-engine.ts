import { setImmediate as othersHaveRun } from 'node:timers/promises';
import {
  type DocumentWrite,
  type IndexedDocument,
  SearchIndex,
} from '../../application/ports/search-index.ts';
import type { Done } from '../../application/result.ts';
import { emptyIdFault } from '../../domain/empty-id.ts';
import type { DocumentFields, DocumentKey } from '../../domain/search-document.ts';

/** After so many documents a long walk lets others run. */
const AT_ONCE = 10_000;

/**
 * Documents in memory, as a search engine keeps them: without fences, which `MemorySearchIndex` has. Collections need not be
 * created, have no schema, and keep every value as it is. `SearchableCollection.of` finds words in what it lists. It is apart from
 * the engine that keeps documents in a folder: of that one's log, places and lock, nothing is left in memory but this map.
 */
export class MemorySearchEngine extends SearchIndex {
  readonly #collections = new Map<string, Map<string, DocumentFields>>();

  override async apply(
    collection: string,
    writes: readonly DocumentWrite[],
    signal?: AbortSignal,
  ): Promise<readonly Done[]> {
    signal?.throwIfAborted();
    const documents = this.#collections.get(collection) ?? new Map<string, DocumentFields>();
    this.#collections.set(collection, documents);
    return writes.map(({ id, document }) => {
      if (id === '') return emptyIdFault(collection);
      if (document === undefined) documents.delete(id);
      else documents.set(id, { ...document, id });
      return 'done';
    });
  }

  /** The documents of all collections. */
  *all(): Generator<{ readonly key: DocumentKey; readonly fields: DocumentFields }> {
    for (const [collection, documents] of this.#collections)
      for (const [id, fields] of documents) yield { key: { collection, id }, fields };
  }

  override async read(collection: string, ids: readonly string[], signal?: AbortSignal) {
    signal?.throwIfAborted();
    return ids.map((id) => this.#collections.get(collection)?.get(id));
  }

  override async *documents(collection: string, signal?: AbortSignal): AsyncGenerator<IndexedDocument> {
    signal?.throwIfAborted();
    let count = 0;
    const documents = this.#collections.get(collection) ?? new Map<string, DocumentFields>();
    // Ids as they are now: one that is deleted and written again meanwhile would come twice.
    for (const id of [...documents.keys()]) {
      const fields = documents.get(id);
      if (fields !== undefined) yield { id, fields };
      if (++count % AT_ONCE === 0) await othersHaveRun();
      signal?.throwIfAborted();
    }
  }
}

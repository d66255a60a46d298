import type { SearchAction } from '../../domain/search-action.ts';
import { type DocumentFields, type DocumentKey, documentName } from '../../domain/search-document.ts';
import { passesFence, type Version } from '../../domain/version.ts';
import { Tombstones } from './tombstones.ts';

interface StoredDocument {
  readonly key: DocumentKey;
  readonly version: Version;
  readonly fields: DocumentFields;
}

/** A search index in memory, as an indexer keeps it: nothing older than a document's fence takes effect. */
export class MemorySearchIndex {
  readonly #documents = new Map<string, StoredDocument>();
  readonly #deleted = new Tombstones();

  apply(actions: readonly SearchAction[]): void {
    for (const { key, version, document } of actions) {
      const name = documentName(key);
      if (!passesFence(this.#documents.get(name)?.version ?? this.#deleted.get(name), version)) continue;
      if (document === undefined) {
        this.#documents.delete(name);
        this.#deleted.add(name, version);
      } else {
        this.#documents.set(name, { key, version, fields: document });
        this.#deleted.delete(name);
      }
    }
  }

  /** The documents that exist. */
  *documents(): Generator<{ readonly key: DocumentKey; readonly fields: DocumentFields }> {
    for (const { key, fields } of this.#documents.values()) yield { key, fields };
  }
}

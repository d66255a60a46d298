import type { SearchAction } from '../../domain/search-action.ts';
import type { DocumentFields, DocumentKey } from '../../domain/search-document.ts';
import { passesFence, type Version } from '../../domain/version.ts';

interface StoredDocument {
  readonly key: DocumentKey;
  /** The version of the last action applied. Stays when the document is deleted. */
  readonly fence: Version;
  readonly fields: DocumentFields | undefined;
}

/** A search index in memory, as an indexer keeps it: nothing older than a document's fence takes effect. */
export class MemorySearchIndex {
  readonly #documents = new Map<string, StoredDocument>();

  apply(actions: readonly SearchAction[]): void {
    for (const { key, version, document } of actions) {
      const name = `${key.collection} ${key.id}`;
      if (!passesFence(this.#documents.get(name)?.fence, version)) continue;
      this.#documents.set(name, {
        key: { collection: key.collection, id: key.id },
        fence: version,
        fields: document,
      });
    }
  }

  /** The documents that exist. */
  *documents(): Generator<{ readonly key: DocumentKey; readonly fields: DocumentFields }> {
    for (const { key, fields } of this.#documents.values()) if (fields !== undefined) yield { key, fields };
  }
}

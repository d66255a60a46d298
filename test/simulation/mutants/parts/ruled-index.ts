import { MemorySearchIndex } from '../../../../src/adapters/memory/memory-search-index.ts';
import type { SearchAction } from '../../../../src/domain/search-action.ts';
import type { DocumentKey } from '../../../../src/domain/search-document.ts';
import { compareVersions } from '../../../../src/domain/version.ts';

export interface IndexRules {
  /** What a document is stored under. */
  nameOf?(key: DocumentKey): string;
  /** Whether the action takes effect on a document that `last` made what it is: written or deleted. */
  isNewer?(action: SearchAction, last: SearchAction): boolean;
}

/** A search index with other rules: without any, the index as it should be. */
export class RuledIndex extends MemorySearchIndex {
  readonly #rules: Required<IndexRules>;
  readonly #last = new Map<string, SearchAction>();

  constructor(rules: IndexRules) {
    super();
    this.#rules = {
      nameOf: ({ collection, id }) => `${collection} ${id}`,
      isNewer: (action, last) => compareVersions(action.version, last.version) > 0,
      ...rules,
    };
  }

  override apply(actions: readonly SearchAction[]): void {
    for (const action of actions) {
      const name = this.#rules.nameOf(action.key);
      const last = this.#last.get(name);
      if (last === undefined || this.#rules.isNewer(action, last)) this.#last.set(name, action);
    }
  }

  override *documents() {
    for (const { key, document } of this.#last.values())
      if (document !== undefined) yield { key, fields: document };
  }
}

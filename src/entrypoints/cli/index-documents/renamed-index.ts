import { SearchIndex } from '../../../application/ports/search-index.ts';

/** An index in which collections have other names than its callers call them by. */
export function renamed(inner: SearchIndex, nameOf: (collection: string) => string): SearchIndex {
  return new RenamedIndex(inner, nameOf);
}

class RenamedIndex extends SearchIndex {
  readonly #inner: SearchIndex;
  readonly #nameOf: (collection: string) => string;

  constructor(inner: SearchIndex, nameOf: (collection: string) => string) {
    super();
    this.#inner = inner;
    this.#nameOf = nameOf;
  }

  override apply(...[collection, writes, signal]: Parameters<SearchIndex['apply']>) {
    return this.#inner.apply(this.#nameOf(collection), writes, signal);
  }

  override read(...[collection, ids, signal]: Parameters<SearchIndex['read']>) {
    return this.#inner.read(this.#nameOf(collection), ids, signal);
  }

  override documents(...[collection, signal]: Parameters<SearchIndex['documents']>) {
    return this.#inner.documents(this.#nameOf(collection), signal);
  }
}

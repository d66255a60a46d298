import { compareTexts } from '../../domain/compare-texts.ts';
import { Fault } from '../../domain/fault.ts';
import type { DocumentFields } from '../../domain/search-document.ts';
import type { IndexedDocument } from '../../application/ports/search-index.ts';
import { type Facet, FacetCount } from './search/facets.ts';
import { filterOf, type SearchFilter } from './search/filter.ts';
import { compareSortKeys, type SearchSort, type SortKey, sortKeyOf } from './search/order.ts';
import { type SearchProgress, TextIndex, type WordOptions } from './search/text-index.ts';

/** What is searched for beside the text. */
export interface SearchOptions {
  /** The fields whose words are searched: all, unless given. */
  readonly fields?: readonly string[];
  /** Whether a document must have `all` words, as it must unless given, or `any` of them. */
  readonly match?: 'all' | 'any';
  /** Whether words are found that differ in a character, or in two where they are long. True unless given. */
  readonly typos?: boolean;
  /** Whether words are found by their beginnings. True unless given. */
  readonly prefix?: boolean;
  /** What documents must be, all of it. */
  readonly where?: readonly SearchFilter[];
  /** The fields whose values are counted. */
  readonly facets?: readonly string[];
  /** Values that each facet lists at most: 10 unless given. */
  readonly facetLimit?: number;
  /** The order of the documents: those that fit best first, unless given. Equals are in the order of their ids. */
  readonly sort?: readonly SearchSort[];
  /** Documents that are listed at most: 20 unless given. */
  readonly limit?: number;
}

/** A document that was found. */
export interface SearchHit {
  readonly id: string;
  /** How well it fits, for comparison within one answer: higher is better. 0 where no text was searched for. */
  readonly score: number;
  readonly fields: DocumentFields;
}

/** What was found. */
export interface SearchAnswer {
  /** How many documents were found, listed or not. */
  readonly found: number;
  /** How many documents the collection has. */
  readonly of: number;
  /** The first ones, in the order that was asked for. */
  readonly hits: readonly SearchHit[];
  /** In the order in which they were asked for. */
  readonly facets: readonly Facet[];
}

/** Documents that are searched in memory. Words are noted at the first search for a text. */
export class SearchableCollection {
  readonly #documents = new Map<string, DocumentFields>();
  #words: TextIndex | undefined;

  /** Of the documents that an index lists, as they are now: `SearchableCollection.of(index.documents('products'))`. */
  static async of(documents: AsyncIterable<IndexedDocument>): Promise<SearchableCollection> {
    const collection = new SearchableCollection();
    for await (const { id, fields } of documents) collection.put(id, fields);
    return collection;
  }

  get size(): number {
    return this.#documents.size;
  }

  has(id: string): boolean {
    return this.#documents.has(id);
  }

  get(id: string): DocumentFields | undefined {
    return this.#documents.get(id);
  }

  ids(): IterableIterator<string> {
    return this.#documents.keys();
  }

  /** Adds a document, or replaces the one that has the id. It must not be changed afterwards. */
  put(id: string, fields: DocumentFields): void {
    this.delete(id);
    this.#documents.set(id, fields);
    this.#words?.add(id, fields);
  }

  /** Deletes a document, if it is there. */
  delete(id: string): void {
    const before = this.#documents.get(id);
    if (before === undefined) return;
    this.#words?.remove(id, before);
    this.#documents.delete(id);
  }

  /**
   * Finds documents by the words of a text. Without a text, all are found.
   *
   * @throws Fault `configuration` for a limit that is no integer from 0 on.
   */
  search(text: string, options: SearchOptions = {}, onProgress?: SearchProgress): SearchAnswer {
    const { where = [], facets = [], sort = [], limit = 20, facetLimit = 10 } = options;
    for (const [name, value] of Object.entries({ limit, facetLimit }))
      if (!Number.isSafeInteger(value) || value < 0)
        throw new Fault('configuration', `${name} is ${value}; expected an integer from 0 on`);
    const filters = where.map(filterOf);
    const counts = facets.map((field) => new FacetCount(field));
    const found: { readonly hit: SearchHit; readonly key: SortKey }[] = [];
    for (const hit of this.#withWords(text, options, onProgress)) {
      if (!filters.every((fits) => fits(hit.fields))) continue;
      for (const count of counts) count.add(hit.fields);
      found.push({ hit, key: sortKeyOf(hit.fields, sort) });
    }
    found.sort(
      (a, b) =>
        compareSortKeys(a.key, b.key, sort) || b.hit.score - a.hit.score || compareTexts(a.hit.id, b.hit.id),
    );
    return {
      found: found.length,
      of: this.size,
      hits: found.slice(0, limit).map(({ hit }) => hit),
      facets: counts.map((count) => count.result(facetLimit)),
    };
  }

  *#withWords(text: string, options: SearchOptions, onProgress?: SearchProgress): Generator<SearchHit> {
    if (text.trim() === '') {
      for (const [id, fields] of this.#documents) yield { id, score: 0, fields };
      return;
    }
    this.#words ??= new TextIndex(this.#documents, onProgress);
    for (const [id, score] of this.#words.find(text, withDefaults(options))) {
      const fields = this.#documents.get(id);
      if (fields !== undefined) yield { id, score, fields };
    }
  }
}

function withDefaults({ fields, match = 'all', typos = true, prefix = true }: SearchOptions): WordOptions {
  return { fields, match, typos, prefix };
}

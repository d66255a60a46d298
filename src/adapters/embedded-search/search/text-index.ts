import MiniSearch from 'minisearch';
import type { DocumentFields } from '../../../domain/search-document.ts';
import { folded, textOf, wordsOf } from './words.ts';

/** How words are looked up. */
export interface WordOptions {
  /** Whether a document must have all words, or any. */
  readonly match: 'all' | 'any';
  readonly typos: boolean;
  readonly prefix: boolean;
  /** The fields that are searched; undefined for all. */
  readonly fields: readonly string[] | undefined;
}

/** Told how much is done of what takes long: bytes that are read, or documents whose words are noted. */
export type SearchProgress = (step: 'reading' | 'noting words', done: number, of: number) => void;

/** A document's texts by the places of its fields. */
interface Texts {
  readonly id: string;
  readonly texts: readonly (string | undefined)[];
}

/** Fields that a collection is made for at first. */
const FIRST_FIELDS = 16;
/** So many fields have a place of their own. The last one is all others', which are found only where no fields are named. */
const MOST_FIELDS = 256;
/** A typo in a longer word is none that a person makes, and costs much to look for. */
const LONGEST_WITH_TYPOS = 40;
/** Words of a text that are looked up; the rest is left out. */
const MOST_WORDS = 32;

/**
 * The words of a collection's documents, by MiniSearch. It wants to know all fields beforehand, and documents have any: so its
 * fields are places (`0`, `1`, …) which names are given as they come, and when there are none left, it is made anew with
 * twice as many.
 */
export class TextIndex {
  readonly #documents: ReadonlyMap<string, DocumentFields>;
  readonly #placesByName = new Map<string, number>();
  #index: MiniSearch<Texts>;
  #places = FIRST_FIELDS;

  /** @param documents all that are to be found; `add` and `remove` tell of changes. */
  constructor(documents: ReadonlyMap<string, DocumentFields>, onProgress?: SearchProgress) {
    this.#documents = documents;
    for (const fields of documents.values()) for (const name of Object.keys(fields)) this.#placeFor(name);
    this.#index = this.#filled(documents.keys(), onProgress);
  }

  /** Adds a document, which is among the documents already. */
  add(id: string, fields: DocumentFields): void {
    const texts = this.#textsOf(id, fields);
    if (texts.texts.length <= this.#places) this.#index.add(texts);
    else
      this.#index = this.#filled(
        [...this.#documents.keys()].filter((other) => other === id || this.#index.has(other)),
      );
  }

  /** @param fields the document's as they were added. */
  remove(id: string, fields: DocumentFields): void {
    this.#index.remove(this.#textsOf(id, fields));
  }

  /** The documents that have the words, and how well each fits: higher is better. */
  find(text: string, { match, typos, prefix, fields }: WordOptions): ReadonlyMap<string, number> {
    const words = wordsOf(text).slice(0, MOST_WORDS);
    const places = fields?.flatMap((name) => this.#placesByName.get(name) ?? []);
    const found = this.#index.search(words.join(' '), {
      combineWith: match === 'all' ? 'AND' : 'OR',
      fuzzy: typos && typosIn,
      prefix,
      ...(places && { fields: places.map(String) }),
    });
    return new Map(found.map(({ id, score }) => [id as string, score]));
  }

  #filled(ids: Iterable<string>, onProgress?: SearchProgress): MiniSearch<Texts> {
    // Of 255 names on, also the place of all others.
    while (this.#places < MOST_FIELDS && this.#places <= this.#placesByName.size) this.#places *= 2;
    const index = new MiniSearch<Texts>({
      fields: Array.from({ length: this.#places }, (_, place) => String(place)),
      extractField: ({ id, texts }, place) => (place === 'id' ? id : texts[Number(place)]),
      tokenize: wordsOf,
      processTerm: folded,
    });
    let added = 0;
    for (const id of ids) {
      index.add(this.#textsOf(id, this.#documents.get(id) ?? {}));
      onProgress?.('noting words', ++added, this.#documents.size);
    }
    return index;
  }

  #textsOf(id: string, fields: DocumentFields): Texts {
    const texts: (string | undefined)[] = [];
    for (const name of Object.keys(fields)) {
      const text = textOf(fields[name] ?? null);
      const place = this.#placeFor(name);
      const before = texts[place];
      texts[place] = before === undefined ? text : `${before}\n${text}`;
    }
    return { id, texts };
  }

  /** Once a name has a place, it keeps it. */
  #placeFor(name: string): number {
    const place = this.#placesByName.get(name);
    if (place !== undefined) return place;
    const next = this.#placesByName.size;
    if (next >= MOST_FIELDS - 1) return MOST_FIELDS - 1;
    this.#placesByName.set(name, next);
    return next;
  }
}

/** As many as a person makes: none in short words, two in long ones. */
function typosIn(word: string): number {
  if (word.length < 4 || word.length > LONGEST_WITH_TYPOS) return 0;
  return word.length < 8 ? 1 : 2;
}

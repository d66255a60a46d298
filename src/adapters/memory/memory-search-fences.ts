import { SearchFences } from '../../application/ports/search-fences.ts';
import type { Result } from '../../application/result.ts';
import { type DocumentKey, documentName } from '../../domain/search-document.ts';
import { sameFence, type SearchFence, type SearchFenceMove } from '../../domain/search-fence.ts';
import { Tombstones } from './tombstones.ts';

const PAGE = 1_000;

/** The fences of a search index, in memory. Of documents that are gone, those of the ones that went last. */
export class MemorySearchFences extends SearchFences {
  readonly #fences = new Map<string, SearchFence>();
  readonly #keys = new Map<string, DocumentKey>();
  readonly #removed = new Tombstones<SearchFence>();

  override async load(
    keys: readonly DocumentKey[],
    signal?: AbortSignal,
  ): Promise<readonly (SearchFence | undefined)[]> {
    signal?.throwIfAborted();
    return keys.map((key) => this.#get(documentName(key)));
  }

  override async advance(
    moves: readonly SearchFenceMove[],
    signal?: AbortSignal,
  ): Promise<readonly Result[]> {
    signal?.throwIfAborted();
    return moves.map(({ key, from, to }) => {
      const name = documentName(key);
      if (!sameFence(this.#get(name), from)) return 'conflict';
      this.#set(name, to);
      if (to.removed) this.#keys.delete(name);
      else this.#keys.set(name, key);
      return 'done';
    });
  }

  override async *documents(
    collections: readonly string[],
    signal?: AbortSignal,
  ): AsyncGenerator<readonly DocumentKey[]> {
    const keys = [...this.#keys.values()].filter(({ collection }) => collections.includes(collection));
    for (let from = 0; from < keys.length || from === 0; from += PAGE) {
      signal?.throwIfAborted();
      yield keys.slice(from, from + PAGE);
    }
  }

  #get(name: string): SearchFence | undefined {
    return this.#fences.get(name) ?? this.#removed.get(name);
  }

  #set(name: string, fence: SearchFence): void {
    if (fence.removed) {
      this.#fences.delete(name);
      this.#removed.add(name, fence);
    } else {
      this.#fences.set(name, fence);
      this.#removed.delete(name);
    }
  }
}

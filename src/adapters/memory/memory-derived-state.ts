import { DerivedState } from '../../application/ports/derived-state.ts';
import type { MemoryMatcherRepository } from './memory-matcher-repository.ts';
import type { MemorySearchIndex } from './memory-search-index.ts';
import type { MemoryTable } from './memory-table.ts';

/** Reads the memory backend. */
export class MemoryDerivedState extends DerivedState {
  readonly #index: MemorySearchIndex;
  readonly #table: MemoryTable;
  readonly #matcher: MemoryMatcherRepository;

  constructor(index: MemorySearchIndex, table: MemoryTable, matcher: MemoryMatcherRepository) {
    super();
    this.#index = index;
    this.#table = table;
    this.#matcher = matcher;
  }

  override async *documents() {
    yield* this.#index.documents();
  }

  override async *defaultImages() {
    yield* this.#table.defaultImages();
  }

  override async *tupleCounts() {
    yield* this.#matcher.tupleCounts();
  }

  override async *rows() {
    yield* this.#table.rows();
  }
}

import { setImmediate as othersHaveRun } from 'node:timers/promises';
import { DerivedState } from '../../application/ports/derived-state.ts';
import type { MemoryMatcherRepository } from './memory-matcher-repository.ts';
import type { MemorySearchIndex } from './memory-search-index.ts';
import type { MemoryTable } from './memory-table.ts';

/** After so many items a long walk lets others run, such as the listener to Ctrl-C. */
const AT_ONCE = 10_000;

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
    yield* inTurn(this.#index.documents());
  }

  override async *defaultImages() {
    yield* inTurn(this.#table.defaultImages());
  }

  override async *tupleCounts() {
    yield* inTurn(this.#matcher.tupleCounts());
  }

  override async *rows() {
    yield* inTurn(this.#table.rows());
  }
}

async function* inTurn<T>(items: Iterable<T>): AsyncGenerator<T> {
  let count = 0;
  for (const item of items) {
    if (++count % AT_ONCE === 0) await othersHaveRun();
    yield item;
  }
}

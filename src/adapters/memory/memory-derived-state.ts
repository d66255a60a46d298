import { setImmediate as othersHaveRun } from 'node:timers/promises';
import { DerivedState } from '../../application/ports/derived-state.ts';
import type { DocumentFields, DocumentKey } from '../../domain/search-document.ts';
import type { MemoryDerivedRowRepository } from './memory-derived-row-repository.ts';
import type { MemoryMatcherRepository } from './memory-matcher-repository.ts';
import type { MemoryTable } from './memory-table.ts';

/** After so many items a long walk lets others run, such as the listener to Ctrl-C. */
const AT_ONCE = 10_000;

/** Where documents are. */
interface DocumentsInMemory {
  readonly documents: () => Iterable<{ readonly key: DocumentKey; readonly fields: DocumentFields }>;
}

/** Reads the memory backend. */
export class MemoryDerivedState extends DerivedState {
  readonly #index: DocumentsInMemory;
  readonly #table: MemoryTable;
  readonly #matcher: MemoryMatcherRepository;
  readonly #derivedRows: MemoryDerivedRowRepository;

  constructor(
    index: DocumentsInMemory,
    table: MemoryTable,
    matcher: MemoryMatcherRepository,
    derivedRows: MemoryDerivedRowRepository,
  ) {
    super();
    this.#index = index;
    this.#table = table;
    this.#matcher = matcher;
    this.#derivedRows = derivedRows;
  }

  override async *documents() {
    yield* inTurn(this.#index.documents());
  }

  override async *pointers() {
    yield* inTurn(this.#table.pointers());
  }

  override async *counts() {
    yield* inTurn(this.#matcher.counts());
  }

  override async *derivedRows() {
    yield* inTurn(this.#derivedRows.rows());
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

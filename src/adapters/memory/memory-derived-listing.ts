import { setImmediate as othersHaveRun } from 'node:timers/promises';
import {
  DerivedListing,
  type ListedItem,
  type ListedState,
} from '../../application/ports/derived-listing.ts';
import { readOrigin } from '../../domain/derived-rows.ts';
import type { KeySchema } from '../../domain/table-model.ts';
import type { MemoryDerivedRowRepository } from './memory-derived-row-repository.ts';
import type { MemoryMatcherRepository } from './memory-matcher-repository.ts';
import type { MemoryTable } from './memory-table.ts';

const PAGE = 1_000;

/** Lists the memory backend. */
export class MemoryDerivedListing extends DerivedListing {
  readonly #keys: KeySchema;
  readonly #table: MemoryTable;
  readonly #matcher: MemoryMatcherRepository;
  readonly #derivedRows: MemoryDerivedRowRepository;

  constructor(
    keys: KeySchema,
    table: MemoryTable,
    matcher: MemoryMatcherRepository,
    derivedRows: MemoryDerivedRowRepository,
  ) {
    super();
    this.#keys = keys;
    this.#table = table;
    this.#matcher = matcher;
    this.#derivedRows = derivedRows;
  }

  /** They are kept apart from the rows. */
  override inTable(): undefined {
    return undefined;
  }

  override elsewhere(_tables: readonly string[], signal?: AbortSignal): AsyncIterable<readonly ListedItem[]> {
    return inPages(this.#items(), signal);
  }

  override states(signal?: AbortSignal): AsyncIterable<readonly ListedState[]> {
    return inPages(this.#states(), signal);
  }

  *#items(): Generator<ListedItem> {
    for (const { entity, member } of this.#table.pointers()) yield { is: 'pointer', entity, member };
    for (const count of this.#matcher.stored()) yield { is: 'count', ...count };
    for (const row of this.#derivedRows.rows()) yield { is: 'row', ...row };
  }

  *#states(): Generator<ListedState> {
    for (const states of [this.#matcher.states(), this.#derivedRows.states()])
      for (const text of states) {
        const state = readOrigin(text, this.#keys);
        if (state !== undefined) yield state;
      }
  }
}

async function* inPages<T>(
  items: Iterable<T>,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly T[]> {
  let page: T[] = [];
  for (const item of items) {
    if (page.push(item) < PAGE) continue;
    signal?.throwIfAborted();
    yield page;
    page = [];
    await othersHaveRun();
  }
  signal?.throwIfAborted();
  if (page.length > 0) yield page;
}

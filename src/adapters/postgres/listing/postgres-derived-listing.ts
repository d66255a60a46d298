import {
  DerivedListing,
  type ListedItem,
  type ListedState,
} from '../../../application/ports/derived-listing.ts';
import type { TableModel } from '../../../domain/table-model.ts';
import type { Database } from '../client/database.ts';
import type { Names } from '../schema/names.ts';
import { listCounts } from './list-counts.ts';
import { listPointers } from './list-pointers.ts';
import { listRows } from './list-rows.ts';
import { listStates } from './list-states.ts';

/** What is derived in PostgreSQL: pointers, counts and derived rows are in tables of their own, apart from the rows. */
export class PostgresDerivedListing extends DerivedListing {
  readonly #database: Database;
  readonly #names: Names;
  readonly #model: TableModel;

  constructor(database: Database, names: Names, model: TableModel) {
    super();
    this.#database = database;
    this.#names = names;
    this.#model = model;
  }

  /** They are kept apart from the rows. */
  override inTable(): undefined {
    return undefined;
  }

  override async *elsewhere(
    _tables: readonly string[],
    signal?: AbortSignal,
  ): AsyncGenerator<readonly ListedItem[]> {
    for (const list of [listPointers, listCounts, listRows])
      yield* list(this.#database, this.#names, this.#model, signal);
  }

  override states(signal?: AbortSignal): AsyncIterable<readonly ListedState[]> {
    return listStates(this.#database, this.#names, this.#model, signal);
  }
}

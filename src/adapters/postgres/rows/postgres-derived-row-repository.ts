import {
  DerivedRowRepository,
  type StoredDerivedRow,
  type StrayRow,
} from '../../../application/ports/derived-row-repository.ts';
import type { Result } from '../../../application/result.ts';
import type { DerivedKey, RowsMove, RowsState, SourceRow } from '../../../domain/derived-rows.ts';
import type { Database } from '../client/database.ts';
import type { Names } from '../schema/names.ts';
import { loadStates } from '../states/load-states.ts';
import { ApplyRows } from './apply-rows.ts';
import { discardRows } from './discard-rows.ts';
import { readDerivedRows } from './read-rows.ts';
import { keysIn } from './rows-content.ts';

/**
 * Derived rows, of all tables, and which ones are there for each row, in PostgreSQL. One statement makes as many moves as fit: each row's state on
 * condition that it is as it was read, and its derived rows on condition that nobody else's has the key.
 */
export class PostgresDerivedRowRepository extends DerivedRowRepository {
  readonly #database: Database;
  readonly #names: Names;

  constructor(database: Database, names: Names) {
    super();
    this.#database = database;
    this.#names = names;
  }

  override async load(
    rows: readonly SourceRow[],
    signal?: AbortSignal,
  ): Promise<readonly (RowsState | undefined)[]> {
    const states = await loadStates(this.#database, this.#names, rows, signal);
    return states.map(
      (state) => state && { version: state.version, keys: keysIn(state.content), removed: state.removed },
    );
  }

  override read(
    keys: readonly DerivedKey[],
    signal?: AbortSignal,
  ): Promise<readonly (StoredDerivedRow | undefined)[]> {
    return readDerivedRows(this.#database, this.#names, keys, signal);
  }

  override apply(moves: readonly RowsMove[], signal?: AbortSignal): Promise<readonly Result[]> {
    return new ApplyRows(this.#database, this.#names, signal).execute(moves);
  }

  override async discard(rows: readonly StrayRow[], signal?: AbortSignal): Promise<readonly Result[]> {
    signal?.throwIfAborted();
    return discardRows(this.#database, this.#names, rows, signal);
  }
}

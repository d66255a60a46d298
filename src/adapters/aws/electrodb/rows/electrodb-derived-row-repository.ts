import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import {
  DerivedRowRepository,
  type StoredDerivedRow,
  type StrayRow,
} from '../../../../application/ports/derived-row-repository.ts';
import type { Result } from '../../../../application/result.ts';
import type { DerivedKey, RowsMove, RowsState, SourceRow } from '../../../../domain/derived-rows.ts';
import type { Fault } from '../../../../domain/fault.ts';
import { loadStates } from '../load-states.ts';
import { ApplyRows } from './apply-rows.ts';
import { discardRow } from './discard-row.ts';
import { readDerivedRows } from './read-rows.ts';
import { rowsStateOf, type RowsStateRow } from './rows-state-row.ts';
import type { KeyedTables, RowsTables } from './rows-tables.ts';

/**
 * Derived rows, and which ones are there for each row, in DynamoDB. A transaction takes as many moves as fit: each row's
 * state on condition that it is as it was read, and each of its derived rows on condition that nobody else's has the key.
 *
 * It never waits. What others were in the way of is a conflict at once; moves that shared a transaction with rows whose
 * state had moved meanwhile, or whose key somebody else's row has, are tried again, without those.
 */
export class ElectroDbDerivedRowRepository extends DerivedRowRepository {
  readonly #client: DynamoDBDocumentClient;
  readonly #tables: RowsTables;

  constructor(client: DynamoDBDocumentClient, tables: RowsTables) {
    super();
    this.#client = client;
    this.#tables = tables;
  }

  override async load(
    rows: readonly SourceRow[],
    signal?: AbortSignal,
  ): Promise<readonly (RowsState | undefined | Fault)[]> {
    const tables = await this.#loaded();
    const keys = rows.map(tables.stateKeys.usualStateKey);
    return loadStates<RowsState>(
      this.#client,
      tables,
      keys,
      (row, index) => {
        const source = rows[index];
        return source && rowsStateOf(source.model, row as RowsStateRow);
      },
      signal,
    );
  }

  override read(
    keys: readonly DerivedKey[],
    signal?: AbortSignal,
  ): Promise<readonly (StoredDerivedRow | undefined | Fault)[]> {
    return readDerivedRows(this.#client, this.#tables, keys, signal);
  }

  override async apply(moves: readonly RowsMove[], signal?: AbortSignal): Promise<readonly Result[]> {
    return new ApplyRows(this.#client, await this.#loaded(), signal).execute(moves);
  }

  override async discard(rows: readonly StrayRow[], signal?: AbortSignal): Promise<readonly Result[]> {
    const results: Result[] = [];
    for (const row of rows) results.push(await discardRow(this.#client, this.#tables, row, signal));
    return results;
  }

  /** ElectroDB makes the keys of states, and is loaded with the first batch that derives rows: a cold start can do without it. */
  async #loaded(): Promise<KeyedTables> {
    return { ...this.#tables, stateKeys: await import('../keys.ts') };
  }
}

import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Fault } from '../../../domain/fault.ts';
import { translateError } from '../translate-error.ts';
import { type RawKey, readAll } from './batch-get.ts';
import type { StateRow } from './state-row.ts';
import { statesIn, type StateTable } from './state-table.ts';

/**
 * Reads states consistently: one for each key, in their order.
 *
 * @param read what the row of the key at an index says.
 * @throws Fault when a request fails.
 */
export async function loadStates<State>(
  client: DynamoDBDocumentClient,
  tables: StateTable,
  keys: readonly RawKey[],
  read: (row: StateRow, index: number) => State | undefined | Fault,
  signal: AbortSignal | undefined,
): Promise<readonly (State | undefined | Fault)[]> {
  try {
    const rows = await readAll<StateRow>(client, tables.stateTable, keys, signal);
    return rows.map((row, index) => (row === undefined || Fault.is(row) ? row : read(row, index)));
  } catch (error) {
    throw translateError(error, statesIn(tables));
  }
}

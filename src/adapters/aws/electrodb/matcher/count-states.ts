import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { CountedRow, CountState } from '../../../../domain/count-move.ts';
import type { Fault } from '../../../../domain/fault.ts';
import { loadStates } from '../load-states.ts';
import { countStateOf } from './count-state-row.ts';
import type { KeyedTables } from './matcher-tables.ts';

/** What was last counted for each row. @throws Fault when a request fails. */
export async function loadCountStates(
  client: DynamoDBDocumentClient,
  tables: KeyedTables,
  sources: readonly CountedRow[],
  signal: AbortSignal | undefined,
): Promise<readonly (CountState | undefined | Fault)[]> {
  const keys = sources.map(tables.stateKeys.countStateKey);
  return loadStates<CountState>(
    client,
    tables,
    keys,
    (row, index) => {
      const source = sources[index];
      return source && countStateOf(source.model, row);
    },
    signal,
  );
}

import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { CountedRow, CountState } from '../../../../domain/count-move.ts';
import type { Fault } from '../../../../domain/fault.ts';
import { loadStates } from '../load-states.ts';
import { type CommitState, countStateOf } from './count-state-row.ts';
import type { KeyedTables } from './matcher-tables.ts';
import { resolveCommits } from './resolve-commits.ts';

/**
 * What was last counted for each row.
 *
 * @param purpose to `write` what rests on them: commits that states name are decided then, which takes writes; not to `look` at them.
 * @throws Fault when a request fails.
 */
export async function loadCountStates(
  client: DynamoDBDocumentClient,
  tables: KeyedTables,
  sources: readonly CountedRow[],
  signal: AbortSignal | undefined,
  purpose: 'write' | 'look' = 'write',
): Promise<readonly (CountState | undefined | Fault)[]> {
  const keys = sources.map(tables.stateKeys.countStateKey);
  const stored = await loadStates<CountState | CommitState>(
    client,
    tables,
    keys,
    (row, index) => {
      const source = sources[index];
      return source && countStateOf(source.model, row);
    },
    signal,
  );
  return resolveCommits(client, tables, keys, stored, signal, purpose);
}

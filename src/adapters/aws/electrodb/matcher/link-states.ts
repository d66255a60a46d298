import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Fault } from '../../../../domain/fault.ts';
import type { LinkState } from '../../../../domain/link-move.ts';
import type { Link } from '../../../../domain/row.ts';
import { translateError } from '../../translate-error.ts';
import { readAll } from '../batch-get.ts';
import { linkStateOf, type LinkStateRow } from './link-state-row.ts';
import { type KeyedTables, statesIn } from './matcher-tables.ts';

/** What was last counted for each link. @throws Fault when a request fails. */
export async function loadLinkStates(
  client: DynamoDBDocumentClient,
  tables: KeyedTables,
  links: readonly Link[],
  signal: AbortSignal | undefined,
): Promise<readonly (LinkState | undefined | Fault)[]> {
  try {
    const rows = await readAll<LinkStateRow>(
      client,
      tables.stateTable,
      links.map(tables.keys.linkStateKey),
      signal,
    );
    return rows.map((row) => (row === undefined || Fault.is(row) ? row : linkStateOf(row)));
  } catch (error) {
    throw translateError(error, statesIn(tables));
  }
}

import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { StrayRow } from '../../../../application/ports/derived-row-repository.ts';
import type { Result } from '../../../../application/result.ts';
import { translateError } from '../../translate-error.ts';
import { reasonFault } from '../cancelled.ts';
import { writeTransaction } from '../write-transaction.ts';
import { discardOf } from './rows-transaction.ts';
import type { RowsTables } from './rows-tables.ts';

/** Removes a row on condition that it still says that it is derived from something. */
export async function discardRow(
  client: DynamoDBDocumentClient,
  tables: RowsTables,
  { key, source }: StrayRow,
  signal: AbortSignal | undefined,
): Promise<Result> {
  signal?.throwIfAborted();
  const { table = tables.table } = key;
  const used = { resource: `table ${table}`, variable: 'the table of derived rows' };
  try {
    const [reason] = (await writeTransaction(client, [discardOf(tables, key, source)], signal)) ?? [];
    if (reason === undefined) return 'done';
    const fault = reasonFault(reason, used);
    return fault === undefined || fault.kind === 'conflict' ? 'conflict' : fault;
  } catch (error) {
    signal?.throwIfAborted();
    return translateError(error, used);
  }
}

import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Fault } from '../../../domain/fault.ts';
import { abortableBy } from '../clients.ts';
import { translateError } from '../translate-error.ts';

/** A table, and its stream; undefined where none is switched on. Each is an ARN. */
export interface TableStream {
  readonly table: string;
  readonly stream: string | undefined;
  /** What no other table has, also none that had its name before. */
  readonly tableId?: string | undefined;
}

/**
 * Which stream a table has now.
 *
 * @param table its name or ARN.
 * @param setting where that was given, for messages.
 * @throws Fault `configuration` where there is no such table.
 */
export async function tableStreamOf(
  client: DynamoDBClient,
  table: string,
  signal?: AbortSignal,
  setting = '--table or TABLE_NAME',
): Promise<TableStream> {
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: table }), abortableBy(signal));
    const { TableArn, TableId: tableId, LatestStreamArn, StreamSpecification: stream } = Table ?? {};
    if (TableArn === undefined) throw new Fault('transient', `table ${table}: the answer has no ARN`);
    return { table: TableArn, stream: stream?.StreamEnabled === true ? LatestStreamArn : undefined, tableId };
  } catch (error) {
    if (Fault.is(error)) throw error;
    signal?.throwIfAborted();
    throw translateError(error, { resource: `table ${table}`, variable: setting });
  }
}

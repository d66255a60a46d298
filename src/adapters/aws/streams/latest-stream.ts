import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { abortableBy } from '../clients.ts';
import { translateError } from '../translate-error.ts';

/**
 * The ARN of a table's stream; undefined where none is switched on.
 *
 * @param table its name or ARN.
 * @throws Fault `configuration` where there is no such table.
 */
export async function latestStreamOf(
  client: DynamoDBClient,
  table: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: table }), abortableBy(signal));
    const { LatestStreamArn: arn, StreamSpecification: stream } = Table ?? {};
    return stream?.StreamEnabled === true ? arn : undefined;
  } catch (error) {
    signal?.throwIfAborted();
    throw translateError(error, { resource: `table ${table}`, variable: '--table or TABLE_NAME' });
  }
}

import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Fault } from '../../../domain/fault.ts';
import { abortableBy } from '../clients.ts';
import { translateError } from '../translate-error.ts';

/**
 * The ARN of a table's stream: the one that is switched on.
 *
 * @param table its name or ARN.
 * @throws Fault `configuration` where it has none, or there is no such table.
 */
export async function latestStreamOf(
  client: DynamoDBClient,
  table: string,
  signal?: AbortSignal,
): Promise<string> {
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: table }), abortableBy(signal));
    const { LatestStreamArn: arn, StreamSpecification: stream } = Table ?? {};
    if (arn !== undefined && stream?.StreamEnabled === true) return arn;
  } catch (error) {
    signal?.throwIfAborted();
    throw translateError(error, { resource: `table ${table}`, variable: '--table or TABLE_NAME' });
  }
  throw new Fault(
    'configuration',
    `table ${table} has no stream that is switched on: switch it on, with new and old images, or name a stream that can still be read by --stream-arn`,
  );
}

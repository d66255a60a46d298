import { type AttributeValue, QueryCommand, type QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { abortableBy } from '../clients.ts';
import { plain } from '../plain-requests.ts';
import { translateError } from '../translate-error.ts';
import { attributeValuesOf } from './attribute-values.ts';
import { statesIn, type StateTable } from './state-table.ts';

/** All rows of a partition of the state table whose sort keys begin with `prefix`, read consistently. */
export async function queryStates(
  client: DynamoDBDocumentClient,
  table: StateTable,
  partition: string,
  prefix: string,
  signal: AbortSignal | undefined,
): Promise<readonly Readonly<Record<string, AttributeValue>>[]> {
  const rows: Record<string, AttributeValue>[] = [];
  let from: Record<string, AttributeValue> | undefined;
  try {
    do {
      signal?.throwIfAborted();
      const input = {
        TableName: table.stateTable,
        ConsistentRead: true,
        KeyConditionExpression: 'PK = :partition AND begins_with(SK, :prefix)',
        ExpressionAttributeValues: attributeValuesOf({ ':partition': partition, ':prefix': prefix }),
        ...(from === undefined ? {} : { ExclusiveStartKey: from }),
      };
      const { Items = [], LastEvaluatedKey }: QueryCommandOutput = await client.send(
        new QueryCommand(plain(input)),
        abortableBy(signal),
      );
      rows.push(...Items);
      from = LastEvaluatedKey;
    } while (from !== undefined);
  } catch (error) {
    signal?.throwIfAborted();
    throw translateError(error, statesIn(table));
  }
  return rows;
}

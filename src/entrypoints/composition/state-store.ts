import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { documentClientOf } from '../../adapters/aws/clients.ts';
import { DynamoDbTableGenerations } from '../../adapters/aws/electrodb/generations/dynamodb-table-generations.ts';
import type { TableGenerations } from '../../application/ports/table-generations.ts';

/** Works with the generations of tables in a state table, apart from any worker. */
export async function withTableGenerations<T>(
  stateTable: string,
  work: (generations: TableGenerations) => Promise<T>,
): Promise<T> {
  const client = new DynamoDBClient({});
  try {
    return await work(new DynamoDbTableGenerations(documentClientOf(client), { stateTable }));
  } finally {
    client.destroy();
  }
}

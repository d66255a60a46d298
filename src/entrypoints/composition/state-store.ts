import { createDynamoDbClient, documentClientOf } from '../../adapters/aws/clients.ts';
import { DynamoDbTableGenerations } from '../../adapters/aws/electrodb/generations/dynamodb-table-generations.ts';
import type { TableGenerations } from '../../application/ports/table-generations.ts';
import type { AwsBackend } from '../config.ts';

/** Works with the generations of tables in a state table, apart from any worker. */
export async function withTableGenerations<T>(
  { stateTable, maxAttempts }: Pick<AwsBackend, 'stateTable' | 'maxAttempts'>,
  work: (generations: TableGenerations) => Promise<T>,
): Promise<T> {
  const client = createDynamoDbClient(maxAttempts);
  try {
    return await work(new DynamoDbTableGenerations(documentClientOf(client), { stateTable }));
  } finally {
    client.destroy();
  }
}

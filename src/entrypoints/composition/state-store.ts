import { createDynamoDbClient, documentClientOf } from '../../adapters/aws/clients.ts';
import { DynamoDbTableGenerations } from '../../adapters/aws/electrodb/generations/dynamodb-table-generations.ts';
import type { TableGenerations } from '../../application/ports/table-generations.ts';
import type { AwsBackend, PostgresBackend } from '../config.ts';

/** Works with the generations of tables, where they are kept, apart from any worker. */
export async function withTableGenerations<T>(
  backend: PostgresBackend | Pick<AwsBackend, 'kind' | 'stateTable' | 'maxAttempts'>,
  work: (generations: TableGenerations) => Promise<T>,
): Promise<T> {
  if (backend.kind === 'postgres') {
    const { inGenerations } = await import('../../adapters/postgres/open-backend.ts');
    return inGenerations(backend, work);
  }
  const { stateTable, maxAttempts } = backend;
  const client = createDynamoDbClient(maxAttempts);
  try {
    return await work(new DynamoDbTableGenerations(documentClientOf(client), { stateTable }));
  } finally {
    client.destroy();
  }
}

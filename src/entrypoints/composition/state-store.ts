import { createDynamoDbClient, documentClientOf } from '../../adapters/aws/clients.ts';
import { DynamoDbTableGenerations } from '../../adapters/aws/electrodb/generations/dynamodb-table-generations.ts';
import { DynamoDbShardStates } from '../../adapters/aws/electrodb/shards/dynamodb-shard-states.ts';
import type { ShardStates } from '../../application/ports/shard-states.ts';
import type { TableGenerations } from '../../application/ports/table-generations.ts';
import type { AwsBackend, PostgresBackend } from '../config.ts';

/** What is noted of tables and their streams. */
export interface StateStore {
  readonly generations: TableGenerations;
  readonly shards: ShardStates;
}

/** Works with what is noted of tables and their streams, where it is kept, apart from any worker. */
export async function withStateStore<T>(
  backend: PostgresBackend | Pick<AwsBackend, 'kind' | 'stateTable' | 'maxAttempts'>,
  work: (store: StateStore) => Promise<T>,
): Promise<T> {
  if (backend.kind === 'postgres') {
    const { inState } = await import('../../adapters/postgres/open-backend.ts');
    return inState(backend, work);
  }
  const { stateTable, maxAttempts } = backend;
  const client = createDynamoDbClient(maxAttempts);
  const documents = documentClientOf(client);
  try {
    return await work({
      generations: new DynamoDbTableGenerations(documents, { stateTable }),
      shards: new DynamoDbShardStates(documents, { stateTable }),
    });
  } finally {
    client.destroy();
  }
}

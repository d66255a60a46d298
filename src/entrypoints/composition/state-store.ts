import { createDynamoDbClient, documentClientOf } from '../../adapters/aws/clients.ts';
import { DynamoDbTableGenerations } from '../../adapters/aws/electrodb/generations/dynamodb-table-generations.ts';
import type { TableGenerations } from '../../application/ports/table-generations.ts';
import { preparedDatabase } from '../../adapters/postgres/client/prepared-database.ts';
import { PostgresTableGenerations } from '../../adapters/postgres/generations/postgres-table-generations.ts';
import { namesOf } from '../../adapters/postgres/schema/names.ts';
import type { AwsBackend, PostgresBackend } from '../config.ts';

type State = PostgresBackend | Pick<AwsBackend, 'kind' | 'stateTable' | 'maxAttempts'>;

/** Works with the generations of tables where a worker has its state, apart from any worker. */
export async function withTableGenerations<T>(
  state: State,
  work: (generations: TableGenerations) => Promise<T>,
): Promise<T> {
  if (state.kind === 'postgres') return inPostgres(state, work);
  const { stateTable, maxAttempts } = state;
  const client = createDynamoDbClient(maxAttempts);
  try {
    return await work(new DynamoDbTableGenerations(documentClientOf(client), { stateTable }));
  } finally {
    client.destroy();
  }
}

async function inPostgres<T>(
  { databaseUrl: url, ...naming }: PostgresBackend,
  work: (generations: TableGenerations) => Promise<T>,
): Promise<T> {
  const names = namesOf(naming);
  const database = preparedDatabase({ url }, names);
  try {
    return await work(new PostgresTableGenerations(database, names));
  } finally {
    await database.close();
  }
}

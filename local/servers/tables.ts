import {
  type CreateTableCommandInput,
  CreateTableCommand,
  type DynamoDBClient,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { keyAttributes } from '../../src/domain/definition/templates.ts';
import type { KeySchema } from '../../src/domain/table-model.ts';
import { fleet } from '../../src/fleet/definition.ts';

function keyed(keys: KeySchema) {
  const attributes = keyAttributes(keys);
  return {
    KeySchema: attributes.map(({ name }, index) => ({
      AttributeName: name,
      KeyType: index === 0 ? 'HASH' : 'RANGE',
    })),
    AttributeDefinitions: attributes.map(({ name, type }) => ({ AttributeName: name, AttributeType: type })),
    BillingMode: 'PAY_PER_REQUEST',
  } satisfies Partial<CreateTableCommandInput>;
}

const WAIT_SECONDS = { minDelay: 1, maxDelay: 2, maxWaitTime: 20 };

/** Creates the table whose changes the worker follows, and returns the ARN of its stream. */
export async function createMainTable(
  client: DynamoDBClient,
  name: string,
  keys = fleet.model.keys,
): Promise<string> {
  const { TableDescription } = await client.send(
    new CreateTableCommand({
      TableName: name,
      ...keyed(keys),
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  );
  await waitUntilTableExists({ client, ...WAIT_SECONDS }, { TableName: name });
  if (TableDescription?.LatestStreamArn === undefined) throw new Error(`the table ${name} has no stream`);
  return TableDescription.LatestStreamArn;
}

/** Creates a table without a stream: every stream slows DynamoDB Local down. */
export async function createTable(
  client: DynamoDBClient,
  name: string,
  keys = fleet.model.keys,
): Promise<void> {
  await client.send(new CreateTableCommand({ TableName: name, ...keyed(keys) }));
  await waitUntilTableExists({ client, ...WAIT_SECONDS }, { TableName: name });
}

/** Creates the table for the worker's own state, whose rows expire at `expires_at` (seconds since 1970). */
export async function createStateTable(client: DynamoDBClient, name: string): Promise<void> {
  await createTable(client, name);
  await client.send(
    new UpdateTimeToLiveCommand({
      TableName: name,
      TimeToLiveSpecification: { Enabled: true, AttributeName: 'expires_at' },
    }),
  );
}

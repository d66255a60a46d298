import {
  CreateTableCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { documentClientOf } from '../../../src/adapters/aws/clients.ts';
import { ElectroDbDerivedRowRepository } from '../../../src/adapters/aws/electrodb/rows/electrodb-derived-row-repository.ts';
import { EncodedAttributes } from '../../../src/adapters/dynamodb-stream/attribute-value.ts';
import type { DerivedKey } from '../../../src/domain/derived-rows.ts';
import { fleet } from '../../../src/fleet/definition.ts';
import { sharedServers } from '../../integration/shared-servers.ts';
import { attributeValues } from '../../support/attribute-value.ts';
import { unique } from '../../support/unique.ts';
import type { Harness } from '../derived-row-repository/harness.ts';

/** Shared by all tests. */
let audit: Promise<string> | undefined;

/** Derived rows in the shared table, and in another whose key is `id`. */
export async function rowsInDynamoDb(): Promise<Harness> {
  const { clients, table, stateTable } = await sharedServers();
  const { dynamodb } = clients;
  const { keys } = fleet.model;
  audit ??= createAudit(dynamodb);
  const tableOf = (key: DerivedKey) => key.table ?? table;
  return {
    rows: new ElectroDbDerivedRowRepository(documentClientOf(dynamodb), { table, stateTable, keys }),
    audit: await audit,
    read: async (row) => {
      const Key = attributeValues(row.key);
      const { Item } = await dynamodb.send(
        new GetItemCommand({ TableName: tableOf(row), Key, ConsistentRead: true }),
      );
      if (Item === undefined) return undefined;
      const attributes = [...new EncodedAttributes(Item, {}, 'Item').all()];
      return Object.fromEntries(attributes.filter(([name]) => !Object.hasOwn(row.key, name)));
    },
    putForeign: (row, attributes) =>
      dynamodb.send(
        new PutItemCommand({
          TableName: tableOf(row),
          Item: attributeValues({ ...attributes, ...row.key }),
        }),
      ),
  };
}

async function createAudit(client: DynamoDBClient): Promise<string> {
  const TableName = unique('audit');
  await client.send(
    new CreateTableCommand({
      TableName,
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  await waitUntilTableExists({ client, minDelay: 1, maxDelay: 2, maxWaitTime: 20 }, { TableName });
  return TableName;
}

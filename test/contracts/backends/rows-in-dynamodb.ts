import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { createTable } from '../../../local/servers/tables.ts';
import { documentClientOf } from '../../../src/adapters/aws/clients.ts';
import { ElectroDbDerivedRowRepository } from '../../../src/adapters/aws/electrodb/rows/electrodb-derived-row-repository.ts';
import { originIn } from '../../../src/adapters/aws/electrodb/rows/stored-origin.ts';
import { EncodedAttributes } from '../../../src/adapters/dynamodb-stream/attribute-value.ts';
import { NO_KEYS } from '../../../src/domain/definition/templates.ts';
import type { DerivedKey } from '../../../src/domain/derived-rows.ts';
import type { KeySchema } from '../../../src/domain/table-model.ts';
import { DERIVED_FROM } from '../../../src/domain/stored-rows.ts';
import { fleet } from '../../../src/fleet/definition.ts';
import { sharedServers } from '../../integration/shared-servers.ts';
import { attributeValues } from '../../support/attribute-value.ts';
import { unique } from '../../support/unique.ts';
import type { Harness } from '../derived-row-repository/harness.ts';

/** Shared by all tests. */
let audit: Promise<string> | undefined;
let ledger: Promise<string> | undefined;

/** Derived rows in the shared table, and in others whose keys are `id`, and `at` and `digest`. */
export async function rowsInDynamoDb(): Promise<Harness> {
  const { clients, table, stateTable } = await sharedServers();
  const { dynamodb } = clients;
  const { keys } = fleet.model;
  audit ??= created(dynamodb, 'audit', { ...NO_KEYS, partition: 'id' });
  ledger ??= created(dynamodb, 'ledger', {
    ...{ partition: 'at', partitionType: 'N' },
    ...{ sort: 'digest', sortType: 'B' },
  });
  const tableOf = (key: DerivedKey) => key.table ?? table;
  return {
    rows: new ElectroDbDerivedRowRepository(documentClientOf(dynamodb), { table, stateTable, keys }),
    audit: await audit,
    ledger: await ledger,
    read: async (row) => {
      const Key = attributeValues(row.key);
      const { Item } = await dynamodb.send(
        new GetItemCommand({ TableName: tableOf(row), Key, ConsistentRead: true }),
      );
      if (Item === undefined) return undefined;
      const attributes = [...new EncodedAttributes(Item, {}, 'Item').all()];
      return Object.fromEntries(
        attributes
          .filter(([name]) => !Object.hasOwn(row.key, name))
          .map(([name, value]) => [
            name,
            name === DERIVED_FROM && typeof value === 'string' ? originIn(table, row.table, value) : value,
          ]),
      );
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

async function created(client: DynamoDBClient, name: string, keys: KeySchema): Promise<string> {
  const table = unique(name);
  await createTable(client, table, keys);
  return table;
}

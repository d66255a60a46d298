import { DeleteItemCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { createTable } from '../../../local/servers/tables.ts';
import { documentClientOf } from '../../../src/adapters/aws/clients.ts';
import { ElectroDbImageRepository } from '../../../src/adapters/aws/electrodb/images/electrodb-image-repository.ts';
import { EncodedAttributes } from '../../../src/adapters/dynamodb-stream/attribute-value.ts';
import type { TableDefinition } from '../../../src/domain/definition/define-table.ts';
import { keyNames } from '../../../src/domain/definition/templates.ts';
import { keyRecord } from '../../../src/domain/key-value.ts';
import type { Value } from '../../../src/domain/value.ts';
import { sharedServers } from '../../integration/shared-servers.ts';
import { attributeValues } from '../../support/attribute-value.ts';
import { unique } from '../../support/unique.ts';
import type { Attributes, DefinedTable } from '../image-repository/harness.ts';

/** A table of its own in DynamoDB, with the keys that a definition has. */
export async function definedTableInDynamoDb({ model }: TableDefinition): Promise<DefinedTable> {
  const client = (await sharedServers()).clients.dynamodb;
  const TableName = unique('defined');
  await createTable(client, TableName, model.keys);
  const names = keyNames(model.keys);
  const keysIn = (row: Attributes) =>
    attributeValues(Object.fromEntries(names.map((name) => [name, row[name]!])));
  return {
    images: new ElectroDbImageRepository(documentClientOf(client), TableName, model.keys),
    put: (row) => client.send(new PutItemCommand({ TableName, Item: attributeValues(row) })),
    remove: (row) => client.send(new DeleteItemCommand({ TableName, Key: keysIn(row) })),
    readPointer: async ({ model: pointer, parts }) => {
      const key = { partition: pointer.partition.render(parts), sort: pointer.at };
      const Key = attributeValues(keyRecord(model.keys, key));
      const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
      if (Item === undefined) return undefined;
      const row = new EncodedAttributes(Item, {}, 'Item');
      const found: Record<string, Value> = {};
      for (const name of [...pointer.repeat, ...pointer.repeatedParts]) {
        const value = row.get(name);
        if (value !== undefined) found[name] = value;
      }
      return found;
    },
  };
}

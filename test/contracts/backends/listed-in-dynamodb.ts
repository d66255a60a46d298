import { paginateScan, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { createTable } from '../../../local/servers/tables.ts';
import { documentClientOf } from '../../../src/adapters/aws/clients.ts';
import { ElectroDbImageRepository } from '../../../src/adapters/aws/electrodb/images/electrodb-image-repository.ts';
import { DynamoDbDerivedListing } from '../../../src/adapters/aws/electrodb/listing/dynamodb-derived-listing.ts';
import { ElectroDbMatcherRepository } from '../../../src/adapters/aws/electrodb/matcher/electrodb-matcher-repository.ts';
import { ElectroDbDerivedRowRepository } from '../../../src/adapters/aws/electrodb/rows/electrodb-derived-row-repository.ts';
import { EncodedAttributes } from '../../../src/adapters/dynamodb-stream/attribute-value.ts';
import { NO_KEYS } from '../../../src/domain/definition/templates.ts';
import { keyTextOf } from '../../../src/domain/key-value.ts';
import { sharedServers } from '../../integration/shared-servers.ts';
import { attributeValues } from '../../support/attribute-value.ts';
import { unique } from '../../support/unique.ts';
import { type Harness, SHOP } from '../derived-listing/harness.ts';

/** What is derived of a table of its own, with states and an audit of its own. */
export async function listedInDynamoDb(): Promise<Harness> {
  const { dynamodb } = (await sharedServers()).clients;
  const [table, stateTable, audit] = [unique('listed'), unique('states'), unique('audit')];
  const { keys } = SHOP.model;
  await Promise.all([
    createTable(dynamodb, table, keys),
    createTable(dynamodb, stateTable),
    createTable(dynamodb, audit, { ...NO_KEYS, partition: 'id' }),
  ]);
  const client = documentClientOf(dynamodb);
  const tables = { table, stateTable, keys };
  return {
    listing: new DynamoDbDerivedListing(client, tables, SHOP.model),
    images: new ElectroDbImageRepository(client, table, keys),
    matcher: new ElectroDbMatcherRepository(client, tables),
    rows: new ElectroDbDerivedRowRepository(client, tables),
    audit,
    putOrder: (attributes) =>
      dynamodb.send(new PutItemCommand({ TableName: table, Item: attributeValues(attributes) })),
    scanned: async () => {
      const rows = [];
      for await (const { Items = [] } of paginateScan({ client: dynamodb }, { TableName: table }))
        for (const item of Items) {
          const attributes = new EncodedAttributes(item, {}, 'Item');
          const [partition = '', sort] = ['PK', 'SK'].map((name) => keyTextOf(attributes.get(name), 'S'));
          rows.push({ key: { partition, sort }, attributes });
        }
      return rows;
    },
  };
}

import { DeleteItemCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { documentClientOf } from '../../src/adapters/aws/electrodb/document-client.ts';
import { ElectroDbImageRepository } from '../../src/adapters/aws/electrodb/electrodb-image-repository.ts';
import { ElectroDbMatcherRepository } from '../../src/adapters/aws/electrodb/electrodb-matcher-repository.ts';
import { EncodedAttributes } from '../../src/adapters/dynamodb-stream/attribute-value.ts';
import { IMAGE_ATTRIBUTES } from '../../src/domain/default-image.ts';
import type { Entity } from '../../src/domain/row.ts';
import type { Value } from '../../src/domain/value.ts';
import {
  imageRepositoryContract,
  type ImageRepositoryHarness,
} from '../contracts/image-repository.contract.ts';
import {
  matcherRepositoryContract,
  type MatcherRepositoryHarness,
} from '../contracts/matcher-repository.contract.ts';
import { attributeValues } from '../support/attribute-value.ts';
import { describeWithServers, sharedServers } from './shared-servers.ts';

/** The keys of the specification, written out once more. */
const keyOf = ({ orgId, entityType, entityId }: Entity, sk: string) => ({
  PK: { S: `IMAGES#ORG#${orgId}#ENTITY#${entityType}#ID#${entityId}` },
  SK: { S: sk },
});

async function imageHarness(): Promise<ImageRepositoryHarness> {
  const { clients, table } = await sharedServers();
  const put = async (entity: Entity, sk: string, attributes: Readonly<Record<string, Value>>) => {
    const Item = { ...attributeValues(attributes), ...keyOf(entity, sk) };
    await clients.dynamodb.send(new PutItemCommand({ TableName: table, Item }));
  };
  const remove = async (entity: Entity, sk: string) => {
    await clients.dynamodb.send(new DeleteItemCommand({ TableName: table, Key: keyOf(entity, sk) }));
  };
  return {
    images: new ElectroDbImageRepository(documentClientOf(clients.dynamodb), table),
    putImage: (entity, imageId, attributes) => put(entity, `IMG#${imageId}`, attributes),
    removeImage: (entity, imageId) => remove(entity, `IMG#${imageId}`),
    putForeignDefault: (entity, attributes) => put(entity, 'DEFAULT', attributes),
    removeForeignDefault: (entity) => remove(entity, 'DEFAULT'),
    readDefault: async (entity) => {
      const Key = keyOf(entity, 'DEFAULT');
      const { Item } = await clients.dynamodb.send(
        new GetItemCommand({ TableName: table, Key, ConsistentRead: true }),
      );
      if (Item === undefined) return undefined;
      const row = new EncodedAttributes(Item, {}, 'Item');
      const named = IMAGE_ATTRIBUTES.map((name) => [name, row.get(name)] as const);
      return Object.fromEntries(
        named.filter((pair): pair is [(typeof IMAGE_ATTRIBUTES)[number], Value] => pair[1] !== undefined),
      );
    },
  };
}

async function matcherHarness(): Promise<MatcherRepositoryHarness> {
  const { clients, table, stateTable } = await sharedServers();
  return {
    matcher: new ElectroDbMatcherRepository(documentClientOf(clients.dynamodb), { table, stateTable }),
    count: async ({ manufacturer, model, typeDesignator }) => {
      const Key = {
        PK: { S: `ICAO#MATCHER#MFR#${manufacturer}` },
        SK: { S: `MODEL#${model}#TYPE#${typeDesignator}` },
      };
      const { Item } = await clients.dynamodb.send(
        new GetItemCommand({ TableName: table, Key, ConsistentRead: true }),
      );
      return Item === undefined ? undefined : Number(Item['count']?.N);
    },
  };
}

describeWithServers('on DynamoDB', () => {
  imageRepositoryContract('the ElectroDB image repository', imageHarness, {
    seesForeignRewrites: { no: 'the condition is on the pointer where there is no revision' },
    seesNestedChanges: { no: 'the SDK’s unmarshall may lose names in maps, so maps are not compared' },
    nulCharacters: 'yes',
    prototypeNames: { no: 'the SDK’s unmarshall takes __proto__ for the prototype' },
  });
  matcherRepositoryContract('the ElectroDB matcher repository', matcherHarness, { nulCharacters: 'yes' });
});

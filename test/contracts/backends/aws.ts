import {
  type AttributeValue,
  DeleteItemCommand,
  DeleteTableCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { setTimeout } from 'node:timers/promises';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect } from 'chai';
import { readSearchMessage } from '../../../local/proof/read-search-message.ts';
import { TableDerivedState } from '../../../local/proof/table-derived-state.ts';
import { createTable } from '../../../local/servers/tables.ts';
import { documentClientOf } from '../../../src/adapters/aws/clients.ts';
import { ElectroDbEffectLog } from '../../../src/adapters/aws/electrodb/effects/electrodb-effect-log.ts';
import { DynamoDbTableGenerations } from '../../../src/adapters/aws/electrodb/generations/dynamodb-table-generations.ts';
import { ElectroDbImageRepository } from '../../../src/adapters/aws/electrodb/images/electrodb-image-repository.ts';
import { ElectroDbMatcherRepository } from '../../../src/adapters/aws/electrodb/matcher/electrodb-matcher-repository.ts';
import { DynamoDbKeptChanges } from '../../../src/adapters/aws/electrodb/parking/dynamodb-kept-changes.ts';
import { DynamoDbParkedItems } from '../../../src/adapters/aws/electrodb/parking/dynamodb-parked-items.ts';
import { DynamoDbNotes } from '../../../src/adapters/aws/electrodb/notes/dynamodb-notes.ts';
import { DynamoDbTableScan } from '../../../src/adapters/aws/electrodb/scan/dynamodb-table-scan.ts';
import { DynamoDbSearchFences } from '../../../src/adapters/aws/electrodb/search/dynamodb-search-fences.ts';
import { DynamoDbSourceRows } from '../../../src/adapters/aws/electrodb/search/dynamodb-source-rows.ts';
import { DynamoDbShardStates } from '../../../src/adapters/aws/electrodb/shards/dynamodb-shard-states.ts';
import { EmfMetrics } from '../../../src/adapters/aws/emf/emf-metrics.ts';
import { parseQuarantined } from '../../../src/adapters/aws/sqs/quarantine-message.ts';
import { SqsGivenUp } from '../../../src/adapters/aws/sqs/sqs-given-up.ts';
import { SqsQuarantine } from '../../../src/adapters/aws/sqs/sqs-quarantine.ts';
import { SqsSearchActionSource } from '../../../src/adapters/aws/sqs/sqs-search-action-source.ts';
import { SqsSearchBacklog } from '../../../src/adapters/aws/sqs/sqs-search-backlog.ts';
import { SqsSearchQueue } from '../../../src/adapters/aws/sqs/sqs-search-queue.ts';
import { EncodedAttributes } from '../../../src/adapters/dynamodb-stream/attribute-value.ts';
import { givenUpIn } from '../../../src/adapters/recorded/given-up.ts';
import { MemorySearchIndex } from '../../../src/adapters/memory/memory-search-index.ts';
import { countKey, type CountModel, type Tuple } from '../../../src/domain/count.ts';
import type { TableDefinition } from '../../../src/domain/definition/define-table.ts';
import { keyRecord } from '../../../src/domain/key-value.ts';
import type { Entity } from '../../../src/domain/pointer.ts';
import type { KeySchema } from '../../../src/domain/table-model.ts';
import type { Value } from '../../../src/domain/value.ts';
import { fleet } from '../../../src/fleet/definition.ts';
import { ownQueue } from '../../adapters/aws/sqs/own-queue.ts';
import { serversMissing, sharedServers } from '../../integration/shared-servers.ts';
import { attributeValues } from '../../support/attribute-value.ts';
import { DEFAULT_IMAGES, decimal } from '../../support/factories.ts';
import { unique } from '../../support/unique.ts';
import type { Harness as GivenUp } from '../given-up.ts';
import type { Attributes, Harness as Images } from '../image-repository/harness.ts';
import type { Kept } from '../quarantine.ts';
import type { Harness as SearchActions } from '../search-action-source.ts';
import type { Backend } from './backend.ts';
import { definedTableInDynamoDb } from './defined-table-in-dynamodb.ts';
import { listedInDynamoDb } from './listed-in-dynamodb.ts';
import { rowsInDynamoDb } from './rows-in-dynamodb.ts';
import { dynamodbStream } from './streams.ts';
import { typesense } from './typesense.ts';

/** The keys of the specification, written out once more. */
const keyOf = ({ parts: [orgId, entityType, entityId] }: Entity, sk: string) => ({
  PK: { S: `IMAGES#ORG#${orgId}#ENTITY#${entityType}#ID#${entityId}` },
  SK: { S: sk },
});

const { keys } = fleet.model;

async function images(): Promise<Images> {
  const { clients, table: TableName } = await sharedServers();
  const { dynamodb } = clients;
  const put = async (entity: Entity, sk: string, attributes: Attributes) => {
    const Item = { ...attributeValues(attributes), ...keyOf(entity, sk) };
    await dynamodb.send(new PutItemCommand({ TableName, Item }));
  };
  const remove = async (entity: Entity, sk: string) => {
    await dynamodb.send(new DeleteItemCommand({ TableName, Key: keyOf(entity, sk) }));
  };
  return {
    images: new ElectroDbImageRepository(documentClientOf(dynamodb), TableName, keys),
    putImage: (entity, imageId, attributes) => put(entity, `IMG#${imageId}`, attributes),
    putNamelessImage: (entity) => put(entity, 'IMG#', { image_id: '', caption: 'no image' }),
    removeImage: (entity, imageId) => remove(entity, `IMG#${imageId}`),
    putForeignDefault: (entity, attributes) => put(entity, 'DEFAULT', attributes),
    removeForeignDefault: (entity) => remove(entity, 'DEFAULT'),
    repointForeignDefault: async (entity, imageId) => {
      await dynamodb.send(
        new UpdateItemCommand({
          TableName,
          Key: keyOf(entity, 'DEFAULT'),
          UpdateExpression: 'SET image_id = :id',
          ExpressionAttributeValues: { ':id': { S: imageId } },
        }),
      );
    },
    readDefault: async (entity) => {
      const item = await readItem(dynamodb, TableName, keyOf(entity, 'DEFAULT'));
      if (item === undefined) return undefined;
      const row = new EncodedAttributes(item, {}, 'Item');
      const names = [...DEFAULT_IMAGES.repeat, ...DEFAULT_IMAGES.repeatedParts];
      const named = names.map((name) => [name, row.get(name)] as const);
      return Object.fromEntries(named.filter((pair): pair is [string, Value] => pair[1] !== undefined));
    },
    defined: definedTableInDynamoDb,
  };
}

async function readItem(dynamodb: DynamoDBClient, TableName: string, Key: Record<string, AttributeValue>) {
  return (await dynamodb.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }))).Item;
}

async function quarantine(fifo: boolean) {
  const { sqs } = await sharedServers();
  const { client, queueUrl, bodies, close } = await ownQueue(sqs.endpoint, 'quarantine', fifo);
  return {
    quarantine: new SqsQuarantine(client, { queueUrl }),
    kept: async () =>
      (await bodies()).map((body): Kept => {
        const { source, record, reason, fault } = parseQuarantined(body);
        return { source, raw: record, reason, kind: fault };
      }),
    close,
  };
}

async function givenUp(fifo: boolean): Promise<GivenUp & { close(): Promise<void> }> {
  const { sqs } = await sharedServers();
  const { client, queueUrl, close } = await ownQueue(sqs.endpoint, 'given-up', fifo);
  return {
    quarantine: new SqsQuarantine(client, { queueUrl }),
    connect: () => new SqsGivenUp(client, { queueUrl, setting: 'FROM', holdsOf: givenUpIn, waitSeconds: 0 }),
    close,
  };
}

async function searchActions(fifo: boolean): Promise<SearchActions & { close(): Promise<void> }> {
  const { sqs } = await sharedServers();
  const { client, queueUrl, close } = await ownQueue(sqs.endpoint, 'search', fifo);
  const queue = new SqsSearchQueue(client, { queueUrl, allowStandard: true });
  const source = () =>
    new SqsSearchActionSource(client, { queueUrl, allowStandard: true, visibilityMs: 2_000 });
  return {
    source: source(),
    another: source(),
    waitMs: 0,
    send: async (...actions) => {
      for (const action of actions) expect(await queue.send([action])).to.deep.equal(['done']);
    },
    sendText: (MessageBody) =>
      client.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody,
          ...(fifo && { MessageGroupId: unique('group'), MessageDeduplicationId: unique('message') }),
        }),
      ),
    pass: (milliseconds) => setTimeout(milliseconds),
    close,
  };
}

const missing = serversMissing();

const DEAD_LETTERS = 'a redrive policy of the queue does';

export const aws = {
  imageRepository: [
    {
      name: 'ElectroDB',
      setUp: images,
      lacks: {
        seesForeignRewrites: 'the condition is on the pointer where there is no revision',
      },
      missing,
    },
  ],
  matcherRepository: [
    {
      name: 'ElectroDB',
      setUp: async () => {
        const { clients, table, stateTable } = await sharedServers();
        const { dynamodb } = clients;
        const matcherOf = (TableName: string, keys: KeySchema) => ({
          matcher: new ElectroDbMatcherRepository(documentClientOf(dynamodb), {
            ...{ table: TableName, keys, stateTable },
          }),
          amount: async (model: CountModel, tuple: Tuple) => {
            const Key = attributeValues(keyRecord(keys, countKey(model, tuple)));
            const item = await readItem(dynamodb, TableName, Key);
            return item && decimal(item[model.as]?.N ?? 'none').canonical;
          },
        });
        return {
          ...matcherOf(table, keys),
          defined: async ({ model }: TableDefinition) => {
            const TableName = unique('counted');
            await createTable(dynamodb, TableName, model.keys);
            return matcherOf(TableName, model.keys);
          },
          count: async ({ manufacturer, model, type_designator }: Tuple) => {
            const item = await readItem(dynamodb, table, {
              PK: { S: `ICAO#MATCHER#MFR#${manufacturer}` },
              SK: { S: `MODEL#${model}#TYPE#${type_designator}` },
            });
            return item && Number(item['count']?.N);
          },
        };
      },
      missing,
    },
  ],
  derivedRowRepository: [{ name: 'ElectroDB', setUp: rowsInDynamoDb, missing }],
  derivedListing: [{ name: 'DynamoDB', setUp: listedInDynamoDb, missing }],
  effectLog: [
    {
      name: 'ElectroDB',
      setUp: async () => {
        const { clients, table, stateTable } = await sharedServers();
        const { dynamodb } = clients;
        const keysOf = (name: string) => ({ PK: `SUM#${name}`, SK: 'SUM' });
        const addingTo = (name: string) => ({
          Update: {
            TableName: table,
            Key: keysOf(name),
            UpdateExpression: 'ADD amount_added :one',
            ExpressionAttributeValues: { ':one': 1 },
          },
        });
        return {
          log: new ElectroDbEffectLog(documentClientOf(dynamodb), { stateTable }),
          addingTo,
          failingFor: (name) => [
            addingTo(name),
            {
              ConditionCheck: {
                TableName: table,
                Key: keysOf(`not ${name}`),
                ConditionExpression: 'attribute_exists(PK)',
              },
            },
          ],
          sum: async (name) => {
            const { PK, SK } = keysOf(name);
            const item = await readItem(dynamodb, table, { PK: { S: PK }, SK: { S: SK } });
            return Number(item?.['amount_added']?.N ?? 0);
          },
        };
      },
      missing,
    },
  ],
  searchQueue: [
    {
      name: 'SQS',
      setUp: async () => {
        const { sqs } = await sharedServers();
        const { client, queueUrl, bodies, close } = await ownQueue(sqs.endpoint, 'search', true);
        return {
          queue: new SqsSearchQueue(client, { queueUrl }),
          receive: async () => (await bodies()).map(readSearchMessage),
          close,
        };
      },
      missing,
    },
  ],
  searchActionSource: [
    {
      name: 'SQS, FIFO',
      setUp: () => searchActions(true),
      lacks: {
        refusesLateAcknowledgements: 'SQS does, and has a test of its own; fauxqs does not',
        keepsDeadLetters: DEAD_LETTERS,
      },
      missing,
    },
    {
      name: 'SQS, standard',
      setUp: () => searchActions(false),
      lacks: {
        fifo: 'a standard queue keeps no order',
        deduplicates: 'a standard queue does not deduplicate',
        refusesLateAcknowledgements: 'a standard queue says that it took them, and may not have',
        keepsDeadLetters: DEAD_LETTERS,
      },
      missing,
    },
  ],
  searchBacklog: [
    {
      name: 'SQS',
      setUp: async () => {
        const { sqs } = await sharedServers();
        const { client, queueUrl, close } = await ownQueue(sqs.endpoint, 'search', true);
        return {
          queue: new SqsSearchQueue(client, { queueUrl }),
          source: new SqsSearchActionSource(client, { queueUrl, visibilityMs: 30_000 }),
          backlog: new SqsSearchBacklog(client, { queueUrl }),
          close,
        };
      },
      missing,
    },
  ],
  searchFences: [
    {
      name: 'DynamoDB',
      setUp: async () => {
        const { clients, stateTable } = await sharedServers();
        return { fences: new DynamoDbSearchFences(documentClientOf(clients.dynamodb), { stateTable }) };
      },
      missing,
    },
  ],
  sourceRows: [
    {
      name: 'DynamoDB',
      setUp: async () => {
        const { clients, table: TableName } = await sharedServers();
        const { dynamodb } = clients;
        return {
          rows: new DynamoDbSourceRows(documentClientOf(dynamodb), TableName, keys),
          put: (row, attributes) =>
            dynamodb.send(
              new PutItemCommand({ TableName, Item: attributeValues({ ...attributes, ...row }) }),
            ),
          remove: (row) => dynamodb.send(new DeleteItemCommand({ TableName, Key: attributeValues(row) })),
        };
      },
      missing,
    },
  ],
  // AWS has none of its own.
  searchIndex: typesense,
  shardStates: [
    {
      name: 'DynamoDB',
      setUp: async () => {
        const { clients, stateTable } = await sharedServers();
        const connect = () => new DynamoDbShardStates(documentClientOf(clients.dynamodb), { stateTable });
        return { states: connect(), connect };
      },
      lacks: { reopening: 'many processes have it open' },
      missing,
    },
  ],
  streamSource: [dynamodbStream],
  tableGenerations: [
    {
      name: 'DynamoDB',
      setUp: async () => {
        const { dynamodb } = (await sharedServers()).clients;
        // One row tells of all tables, so each test has a state table of its own.
        const stateTable = unique('generations');
        await createTable(dynamodb, stateTable);
        const connect = () => new DynamoDbTableGenerations(documentClientOf(dynamodb), { stateTable });
        return { generations: connect(), connect };
      },
      lacks: { unnamed: 'refused: changes would be older than any' },
      missing,
    },
  ],
  tableReplica: { lacks: 'DynamoDB needs none: the worker reads the table itself' },
  tableScan: [
    {
      name: 'DynamoDB',
      setUp: async () => {
        const { dynamodb } = (await sharedServers()).clients;
        const TableName = unique('scanned');
        await createTable(dynamodb, TableName);
        const scan = () => new DynamoDbTableScan(documentClientOf(dynamodb), TableName, keys);
        return {
          scan: scan(),
          another: scan(),
          put: (row, attributes) =>
            dynamodb.send(
              new PutItemCommand({ TableName, Item: attributeValues({ ...attributes, ...row }) }),
            ),
          remove: (row) => dynamodb.send(new DeleteItemCommand({ TableName, Key: attributeValues(row) })),
          close: () => dynamodb.send(new DeleteTableCommand({ TableName })),
        };
      },
      missing,
    },
  ],
  notes: [
    {
      name: 'DynamoDB',
      setUp: async () => {
        const { clients, stateTable } = await sharedServers();
        const connect = () => new DynamoDbNotes(documentClientOf(clients.dynamodb), { stateTable });
        return { notes: connect(), connect };
      },
      missing,
    },
  ],
  parkedItems: [
    {
      name: 'DynamoDB',
      setUp: async () => {
        const { clients, stateTable } = await sharedServers();
        const client = documentClientOf(clients.dynamodb);
        const tables = { stateTable, table: unique('source').slice(0, 200) };
        return {
          items: new DynamoDbParkedItems(client, tables),
          changes: new DynamoDbKeptChanges(client, tables),
        };
      },
      missing,
    },
  ],
  derivedState: [
    {
      name: 'DynamoDB',
      setUp: async () => {
        const { dynamodb } = (await sharedServers()).clients;
        // Everything derived is read by scans.
        const [table, stateTable] = [unique('rows'), unique('states')];
        await createTable(dynamodb, table);
        await createTable(dynamodb, stateTable);
        const documents = documentClientOf(dynamodb);
        const index = new MemorySearchIndex();
        return {
          state: new TableDerivedState(dynamodb, table, index),
          images: new ElectroDbImageRepository(documents, table, keys),
          matcher: new ElectroDbMatcherRepository(documents, { table, keys, stateTable }),
          index: async (actions) => index.apply(actions),
          putRow: async (keys, attributes) => {
            const Item = attributeValues({ ...attributes, ...keys });
            await dynamodb.send(new PutItemCommand({ TableName: table, Item }));
          },
        };
      },
      missing,
    },
  ],
  quarantine: [
    { name: 'SQS, standard', setUp: () => quarantine(false), missing },
    { name: 'SQS, FIFO', setUp: () => quarantine(true), missing },
  ],
  givenUpMessages: [
    {
      name: 'SQS, standard',
      setUp: () => givenUp(false),
      missing,
      lacks: { order: 'a standard queue keeps no order' },
    },
    { name: 'SQS, FIFO', setUp: () => givenUp(true), missing },
  ],
  metrics: [
    {
      name: 'EMF',
      setUp: () => {
        const written: string[] = [];
        const stream = { write: (text: string) => written.push(text) > 0 };
        const metrics = new EmfMetrics({ namespace: 'Fleet', service: 'worker', stream });
        return {
          metrics,
          flush: () => {
            expect(written, 'before the batch ends').to.be.empty;
            metrics.flush();
            return figuresIn(written.splice(0));
          },
        };
      },
    },
  ],
} satisfies Backend;

/** The figures of EMF documents, by name. What else a document says has tests of its own. */
function figuresIn(lines: readonly string[]): ReadonlyMap<string, number> {
  const figures = lines.flatMap((line) => {
    const document = Object.entries(JSON.parse(line) as Record<string, number>);
    return document.filter(([name]) => name !== '_aws' && name !== 'service');
  });
  expect(new Set(figures.map(([name]) => name)).size).to.equal(figures.length);
  return new Map(figures);
}

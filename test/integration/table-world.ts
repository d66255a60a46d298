import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { ContainerModule } from 'inversify';
import { type LocalServers, workerEnvironment } from '../../local/servers/servers.ts';
import { createStateTable, createTable } from '../../local/servers/tables.ts';
import { MemoryMetrics } from '../../src/adapters/memory/memory-metrics.ts';
import { MemorySearchEngine } from '../../src/adapters/memory/memory-search-engine.ts';
import { indexAll } from '../../src/application/index-all.ts';
import { IndexDocuments } from '../../src/application/index-documents.ts';
import { Metrics } from '../../src/application/ports/metrics.ts';
import { SearchActionSource } from '../../src/application/ports/search-action-source.ts';
import { SearchIndex } from '../../src/application/ports/search-index.ts';
import { Sleeper } from '../../src/application/ports/sleeper.ts';
import { awsIndexerModule } from '../../src/entrypoints/composition/aws-indexer.module.ts';
import { awsScanModule } from '../../src/entrypoints/composition/aws-scan.module.ts';
import { awsModule } from '../../src/entrypoints/composition/aws.module.ts';
import { compose } from '../../src/entrypoints/composition/container.ts';
import { indexDocumentsModule } from '../../src/entrypoints/composition/index-documents.module.ts';
import { systemModule } from '../../src/entrypoints/composition/system.module.ts';
import { definitionModule } from '../../src/entrypoints/composition/table-model.ts';
import { readConfig } from '../../src/entrypoints/config.ts';
import { PROVED, type ProvedWorker, ProofWorld } from '../application/drift/proof-world.ts';
import type { streamRecord, TableRow } from '../support/stream-records.ts';
import { unique } from '../support/unique.ts';

/** Its rows are in a table of DynamoDB, and not in the worker's copy of one. */
export class TableWorld extends ProofWorld {
  readonly #dynamodb: DynamoDBClient;
  readonly #table: string;

  constructor(worker: ProvedWorker, dynamodb: DynamoDBClient, table: string) {
    super(worker);
    this.#dynamodb = dynamodb;
    this.#table = table;
  }

  override async write(...rows: readonly TableRow[]): Promise<void> {
    const records = rows.map((row) => this.record(row));
    await this.changed(records);
    await this.handle(records);
  }

  override async changed(records: readonly ReturnType<typeof streamRecord>[]): Promise<void> {
    const TableName = this.#table;
    for (const { dynamodb } of records) {
      const Item = dynamodb.NewImage as Record<string, AttributeValue> | undefined;
      await (Item === undefined
        ? this.#dynamodb.send(new DeleteItemCommand({ TableName, Key: dynamodb.Keys }))
        : this.#dynamodb.send(new PutItemCommand({ TableName, Item })));
    }
  }
}

export interface OpenedWorld {
  readonly world: TableWorld;
  readonly environment: Readonly<Record<string, string>>;
}

/** A table of its own, what is derived from it, and its worker. */
export async function openWorld(servers: LocalServers): Promise<OpenedWorld> {
  const { dynamodb } = servers.clients;
  const [table, stateTable] = [unique('proved'), unique('proved-state')];
  await createTable(dynamodb, table);
  await createStateTable(dynamodb, stateTable);
  const environment = {
    ...workerEnvironment(servers),
    TABLE_NAME: table,
    STATE_TABLE_NAME: stateTable,
    TYPESENSE_QUEUE_URL: await servers.sqs.createFifoQueue(table),
  };
  return openWorldOn(servers, environment, new MemorySearchEngine());
}

/** The same of tables and a queue that are there, and documents in this engine. The environment becomes that of the process. */
export async function openWorldOn(
  servers: LocalServers,
  environment: Readonly<Record<string, string>>,
  engine: SearchIndex,
): Promise<OpenedWorld> {
  // The SDK finds the servers by it.
  Object.assign(process.env, environment);
  const config = readConfig(environment);
  if (config.backend.kind !== 'aws') throw new Error('it is no configuration of AWS');
  const container = compose(
    ...[awsModule(config.backend), awsIndexerModule(config.backend), awsScanModule(config.backend)],
    ...[indexDocumentsModule, definitionModule(PROVED)],
    systemModule({ level: 'silent', stream: process.stderr, readable: false }, config),
    new ContainerModule(({ bind, rebind }) => {
      bind(SearchIndex).toConstantValue(engine);
      // Its own would write a line for each batch.
      void rebind(Metrics).toConstantValue(new MemoryMetrics());
    }),
  );
  const drain = () =>
    indexAll({
      source: container.get(SearchActionSource),
      documents: container.get(IndexDocuments),
      sleeper: container.get(Sleeper),
    });
  const worker = { container, drain, close: () => container.unbindAllAsync() };
  return {
    world: new TableWorld(worker, servers.clients.dynamodb, environment['TABLE_NAME'] ?? ''),
    environment,
  };
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteItemCommand,
  paginateScan,
  PutItemCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { marshall } from '@aws-sdk/util-dynamodb';
import { EventSource } from '../../local/lambda/event-source.ts';
import { StreamReader } from '../../local/lambda/stream-reader.ts';
import { type LocalServers, workerEnvironment } from '../../local/servers/servers.ts';
import { createStateTable, createTable } from '../../local/servers/tables.ts';
import { TypesenseLocal } from '../../local/typesense/typesense-local.ts';
import { documentClientOf } from '../../src/adapters/aws/clients.ts';
import { DynamoDbShardStates } from '../../src/adapters/aws/electrodb/shards/dynamodb-shard-states.ts';
import { tableStreamOf } from '../../src/adapters/aws/streams/table-stream.ts';
import { MemoryMetrics } from '../../src/adapters/memory/memory-metrics.ts';
import { Metrics } from '../../src/application/ports/metrics.ts';
import { backendModule } from '../../src/entrypoints/composition/backend.ts';
import { compose, streamWorker } from '../../src/entrypoints/composition/container.ts';
import { systemModule } from '../../src/entrypoints/composition/system.module.ts';
import { definitionModule } from '../../src/entrypoints/composition/table-model.ts';
import { readConfig } from '../../src/entrypoints/config.ts';
import { loadDefinition } from '../../src/entrypoints/definition/load-definition.ts';
import { handlerOf } from '../../src/entrypoints/lambda/handler-of.ts';
import { ContainerModule } from 'inversify';
import { BUNDLED_CONTRAIL } from '../support/bundled-contrail.ts';
import { type Finished, run } from '../support/command-line.ts';
import type { TableRow } from '../support/stream-records.ts';
import { unique } from '../support/unique.ts';

/** A table, its worker and its indexer, and the command line of who operates them. */
export class RunbookWorld {
  readonly #servers: LocalServers;
  readonly #root: string;
  readonly #engine: TypesenseLocal;
  readonly #environmentBefore = { ...process.env };
  #environment: Readonly<Record<string, string>>;
  #indexer: ReturnType<typeof spawn> | undefined;
  #reader: StreamReader | undefined;
  #streamArn = '';
  /** Where the definition is: each has a folder of its own, as what was loaded once stays. */
  #folder = '';
  #definitions = 0;

  private constructor(
    servers: LocalServers,
    root: string,
    engine: TypesenseLocal,
    environment: Readonly<Record<string, string>>,
  ) {
    this.#servers = servers;
    this.#root = root;
    this.#engine = engine;
    this.#environment = environment;
  }

  static async open(servers: LocalServers, definition: string): Promise<RunbookWorld> {
    const root = await mkdtemp(join(tmpdir(), 'contrail-runbook-'));
    const engine = await TypesenseLocal.start({ apiKey: 'key' });
    const [table, stateTable] = [unique('runbook'), unique('runbook-state')];
    await createTable(servers.clients.dynamodb, table);
    await createStateTable(servers.clients.dynamodb, stateTable);
    const queueUrl = await servers.sqs.createFifoQueue(table);
    const world = new RunbookWorld(servers, root, engine, {
      ...workerEnvironment({ ...servers, stop: () => servers.stop(), table, stateTable, queueUrl }),
      AWS_ENDPOINT_URL_DYNAMODB_STREAMS: servers.dynamodb.endpoint,
      TYPESENSE_URL: engine.url,
      TYPESENSE_API_KEY: 'key',
      LOG_LEVEL: 'error',
    });
    await world.define(definition);
    return world;
  }

  get #table(): string {
    return this.#environment['TABLE_NAME'] ?? '';
  }

  /** Deploys a definition: the worker has it from now on. The indexer stays: the server has its last request, and would give it messages that are sent later. */
  async define(text: string): Promise<void> {
    this.#folder = join(this.#root, String(++this.#definitions));
    await mkdir(this.#folder);
    await writeFile(join(this.#folder, 'contrail.config.ts'), text);
    this.#indexer ??= spawn(process.execPath, [...BUNDLED_CONTRAIL, 'index', '--create'], {
      cwd: this.#folder,
      env: { PATH: process.env['PATH'], ...this.#environment },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
  }

  async #stopIndexer(): Promise<void> {
    if (this.#indexer === undefined || this.#indexer.exitCode !== null) return;
    const ended = once(this.#indexer, 'close');
    this.#indexer.kill('SIGTERM');
    await ended;
  }

  /** From now on the table has a stream, and the worker reads it. */
  async follow(): Promise<void> {
    const { TableDescription } = await this.#servers.clients.dynamodb.send(
      new UpdateTableCommand({
        TableName: this.#table,
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      }),
    );
    this.#streamArn = TableDescription?.LatestStreamArn ?? '';
    this.#reader = new StreamReader(this.#servers.clients.streams, this.#streamArn);
  }

  async put(...rows: readonly TableRow[]): Promise<void> {
    for (const row of rows)
      await this.#servers.clients.dynamodb.send(
        new PutItemCommand({ TableName: this.#table, Item: marshall(row) }),
      );
  }

  async remove({ PK, SK }: TableRow): Promise<void> {
    await this.#servers.clients.dynamodb.send(
      new DeleteItemCommand({ TableName: this.#table, Key: marshall({ PK, SK }) }),
    );
  }

  /** Has the worker, as it is deployed, handle what the stream has. */
  async handle(): Promise<void> {
    Object.assign(process.env, this.#environment);
    const { definition } = await loadDefinition(undefined, this.#folder);
    const config = readConfig(this.#environment, definition.model);
    const container = compose(
      backendModule(config.backend),
      systemModule({ level: 'silent', stream: process.stderr, readable: false }, config),
      definitionModule(definition),
      new ContainerModule(({ rebind }) => void rebind(Metrics).toConstantValue(new MemoryMetrics())),
    );
    const handler = handlerOf(streamWorker(container), { failureMode: 'report', deadlineMarginMs: 0 });
    const source = new EventSource(handler, { batchSize: 50 });
    await this.#reader?.read((records) => source.deliver(records));
    await container.unbindAllAsync();
    if (source.givenUp.length > 0) throw new Error('the worker has given records up');
  }

  /** Has nobody handle what the stream has, and notes that as a gap. */
  async lose(): Promise<void> {
    await this.#reader?.read(async () => undefined);
    const { dynamodb } = this.#servers.clients;
    const { table, stream } = await tableStreamOf(dynamodb, this.#table);
    const shards = new DynamoDbShardStates(documentClientOf(dynamodb), {
      stateTable: this.#environment['STATE_TABLE_NAME'] ?? '',
    });
    await shards.add(table, [{ id: stream ?? this.#streamArn, parent: undefined, start: 'horizon' }]);
    await shards.noteGaps(stream ?? this.#streamArn, [
      { shard: 'shardId-1', reason: 'trimmed', after: '1', at: Date.now() - 1_000 },
    ]);
  }

  /** A copy of all that the table holds at this moment. */
  async backup(): Promise<string> {
    const { dynamodb } = this.#servers.clients;
    const copy = unique('runbook-copy');
    await createTable(dynamodb, copy);
    for await (const { Items = [] } of paginateScan({ client: dynamodb }, { TableName: this.#table }))
      for (const Item of Items) await dynamodb.send(new PutItemCommand({ TableName: copy, Item }));
    return copy;
  }

  /** From now on everybody works on that table, with the same state. */
  async moveTo(table: string): Promise<void> {
    this.#environment = { ...this.#environment, TABLE_NAME: table };
    await this.follow();
  }

  /** Runs a command as the runbook has it. */
  async contrail(args: readonly string[]): Promise<Finished> {
    if (args[0] === 'verify') await this.#untilIndexed();
    const given = args.map((arg) => arg.replace('$TABLE_STREAM_ARN', this.#streamArn));
    // Nothing is under way here that would take long to settle.
    const settled = args[0] === 'verify' ? [...given, '--settle', '1'] : given;
    return run([...BUNDLED_CONTRAIL, ...settled], '', { cwd: this.#folder, env: this.#environment });
  }

  async #untilIndexed(): Promise<void> {
    const QueueUrl = this.#environment['TYPESENSE_QUEUE_URL'];
    const counts = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
    for (let waiting = 1; waiting > 0;) {
      await sleep(50);
      const { Attributes } = await this.#servers.clients.sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...counts] }),
      );
      waiting = counts.reduce((sum, name) => sum + Number(Attributes?.[name] ?? 0), 0);
    }
  }

  async close(): Promise<void> {
    await this.#stopIndexer();
    await this.#engine.stop();
    await rm(this.#root, { recursive: true, force: true });
    for (const name of Object.keys(process.env))
      if (!(name in this.#environmentBefore)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, this.#environmentBefore);
  }
}

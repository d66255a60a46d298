import type { DynamoDBRecord } from 'aws-lambda';
import type { Container } from 'inversify';
import { ContainerModule } from 'inversify';
import type { LocalServers } from '../../../local/servers/servers.ts';
import { workerEnvironment } from '../../../local/servers/servers.ts';
import { toDeliveries } from '../../../src/adapters/dynamodb-stream/to-deliveries.ts';
import { MemoryMetrics } from '../../../src/adapters/memory/memory-metrics.ts';
import { Metrics } from '../../../src/application/ports/metrics.ts';
import type { BatchResult } from '../../../src/application/process-batch.ts';
import { NO_LIMIT } from '../../../src/application/time-limit.ts';
import type { TableDefinition } from '../../../src/domain/definition/define-table.ts';
import { backendModule } from '../../../src/entrypoints/composition/backend.ts';
import { compose, streamWorker } from '../../../src/entrypoints/composition/container.ts';
import { systemModule } from '../../../src/entrypoints/composition/system.module.ts';
import { definitionModule } from '../../../src/entrypoints/composition/table-model.ts';
import { readConfig } from '../../../src/entrypoints/config.ts';
import { fleet } from '../../../src/fleet/definition.ts';
import { FaultWorld } from '../../integration/fault-world.ts';
import { type Call, CallRecorder } from './call-recorder.ts';

/** The worker as it is deployed, on servers of this machine, with every request it sends on record. */
export class RecordedWorker {
  readonly table: string;
  readonly stateTable: string;
  readonly queueUrl: string;
  readonly quarantineUrl: string;
  readonly #world: FaultWorld;
  readonly #recorders: readonly CallRecorder[];
  readonly #container: Container;
  readonly #environment: Readonly<Record<string, string | undefined>>;

  private constructor(
    world: FaultWorld,
    urls: { readonly queueUrl: string; readonly quarantineUrl: string },
    recorders: readonly CallRecorder[],
    environment: Readonly<Record<string, string>>,
    definition: TableDefinition,
  ) {
    this.table = world.table;
    this.stateTable = world.stateTable;
    this.queueUrl = urls.queueUrl;
    this.quarantineUrl = urls.quarantineUrl;
    this.#world = world;
    this.#recorders = recorders;
    this.#environment = Object.fromEntries(Object.keys(environment).map((name) => [name, process.env[name]]));
    // The SDK reads its own variables when a client is made.
    Object.assign(process.env, environment);
    const silent = systemModule({ level: 'silent', stream: process.stderr, readable: false });
    // Its own metrics go to standard output.
    const ownMetrics = new ContainerModule(
      ({ rebind }) => void rebind(Metrics).toConstantValue(new MemoryMetrics()),
    );
    this.#container = compose(
      backendModule(readConfig(environment).backend),
      silent,
      ownMetrics,
      definitionModule(definition),
    );
  }

  static async start(servers: LocalServers, definition: TableDefinition = fleet): Promise<RecordedWorker> {
    const world = await FaultWorld.create(servers);
    const queueUrl = await servers.sqs.createFifoQueue(`search-${world.table}`);
    const quarantineUrl = await servers.sqs.createQueue(`quarantine-${world.table}`);
    const dynamodb = await CallRecorder.before(servers.dynamodb.endpoint);
    const sqs = await CallRecorder.before(servers.sqs.endpoint);
    return new RecordedWorker(
      world,
      { queueUrl, quarantineUrl },
      [dynamodb, sqs],
      {
        ...workerEnvironment(servers),
        TABLE_NAME: world.table,
        STATE_TABLE_NAME: world.stateTable,
        TYPESENSE_QUEUE_URL: queueUrl,
        QUARANTINE_QUEUE_URL: quarantineUrl,
        AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
        AWS_ENDPOINT_URL_SQS: sqs.endpoint,
      },
      definition,
    );
  }

  get calls(): readonly Call[] {
    return this.#recorders.flatMap(({ calls }) => calls);
  }

  /** Brings the table to where it is after these records, and handles them as one batch. */
  async handle(records: readonly DynamoDBRecord[]): Promise<BatchResult> {
    await this.#world.write(records);
    const { processBatch, tables, model } = streamWorker(this.#container);
    const deliveries = await toDeliveries(records, model, (tableArns) =>
      tables.generationsOf(tableArns, NO_LIMIT),
    );
    return processBatch.execute(deliveries);
  }

  async stop(): Promise<void> {
    await this.#container.unbindAllAsync();
    for (const recorder of this.#recorders) await recorder.stop();
    for (const [name, value] of Object.entries(this.#environment))
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    await this.#world.close();
  }
}

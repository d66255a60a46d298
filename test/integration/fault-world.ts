import { randomUUID } from 'node:crypto';
import {
  BatchWriteItemCommand,
  DeleteTableCommand,
  DynamoDBClient,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBRecord } from 'aws-lambda';
import { expect } from 'chai';
import { ContainerModule } from 'inversify';
import { EventSource } from '../../local/lambda/event-source.ts';
import { toSdkImage } from '../../local/proof/sdk-image.ts';
import { drainQueue } from '../../local/proof/drain-queue.ts';
import { LOCAL_SDK } from '../../local/servers/local-credentials.ts';
import type { LocalServers } from '../../local/servers/servers.ts';
import { TableDerivedState } from '../../local/proof/table-derived-state.ts';
import { createStateTable, createTable } from '../../local/servers/tables.ts';
import { documentClientOf } from '../../src/adapters/aws/clients.ts';
import { DynamoDbTableGenerations } from '../../src/adapters/aws/electrodb/generations/dynamodb-table-generations.ts';
import { ElectroDbImageRepository } from '../../src/adapters/aws/electrodb/images/electrodb-image-repository.ts';
import { ElectroDbDerivedRowRepository } from '../../src/adapters/aws/electrodb/rows/electrodb-derived-row-repository.ts';
import { ElectroDbEffectLog } from '../../src/adapters/aws/electrodb/effects/electrodb-effect-log.ts';
import { DerivedRowRepository } from '../../src/application/ports/derived-row-repository.ts';
import { EffectLog } from '../../src/application/ports/effect-log.ts';
import { ElectroDbMatcherRepository } from '../../src/adapters/aws/electrodb/matcher/electrodb-matcher-repository.ts';
import { SqsQuarantine } from '../../src/adapters/aws/sqs/sqs-quarantine.ts';
import { SqsSearchQueue } from '../../src/adapters/aws/sqs/sqs-search-queue.ts';
import { MemoryMetrics } from '../../src/adapters/memory/memory-metrics.ts';
import { MemorySearchIndex } from '../../src/adapters/memory/memory-search-index.ts';
import { ImageRepository } from '../../src/application/ports/image-repository.ts';
import { MatcherRepository } from '../../src/application/ports/matcher-repository.ts';
import { Metrics } from '../../src/application/ports/metrics.ts';
import { Quarantine } from '../../src/application/ports/quarantine.ts';
import { SearchQueue } from '../../src/application/ports/search-queue.ts';
import { TableGenerations } from '../../src/application/ports/table-generations.ts';
import type { ProcessBatch } from '../../src/application/process-batch.ts';
import { type Verification, verify } from '../../src/application/verify/verify.ts';
import type { SearchAction } from '../../src/domain/search-action.ts';
import { compareSequences, compareVersions } from '../../src/domain/version.ts';
import { compose, streamWorker } from '../../src/entrypoints/composition/container.ts';
import { systemModule } from '../../src/entrypoints/composition/system.module.ts';
import { handlerOf } from '../../src/entrypoints/lambda/handler-of.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { intercept, type Interceptor, letRequestsGoOn } from './fault-wire.ts';

export interface WorkerOptions {
  /** Stands between the worker's clients and the servers. */
  readonly interceptor?: Interceptor;
  /** Attempts of the SDK at one request. Default: its own number. */
  readonly maxAttempts?: number;
  /** Milliseconds until the SDK gives a request up, and sends it again. Default: as in production. */
  readonly requestTimeout?: number;
  /** Whether requests that have left reach the servers, although their time is up meanwhile. Default: no. */
  readonly requestsGoOn?: boolean;
  /** Tables and queue other than the world's own. */
  readonly table?: string;
  readonly stateTable?: string;
  readonly queueUrl?: string;
  /** Where poison goes. Default: nowhere, it blocks. */
  readonly quarantine?: Quarantine;
  /** The queue that poison goes to instead, with the worker's own client. */
  readonly quarantineUrl?: string;
}

export interface FaultWorker {
  readonly handler: ReturnType<typeof handlerOf>;
  readonly processBatch: Pick<ProcessBatch, 'execute'>;
}

/** How often a batch is tried without any progress. A schedule of faults ends some day; a bug does not. */
const DELIVERY_ATTEMPTS = 60;

/** Tables and a queue of one test's own, workers on them, and the proof of what they derived. */
export class FaultWorld {
  readonly table: string;
  readonly stateTable: string;
  readonly #servers: LocalServers;
  readonly #queueUrl: string;
  readonly #index = new RecordingIndex();
  readonly #clients: { destroy(): void }[] = [];
  readonly #written = new Map<string, string>();

  private constructor(servers: LocalServers, name: string, queueUrl: string) {
    this.#servers = servers;
    this.table = name;
    this.stateTable = stateTableOf(name);
    this.#queueUrl = queueUrl;
  }

  /** @param maxMessageBytes what the search queue takes of one message; as much as SQS does, unless given. */
  static async create(servers: LocalServers, maxMessageBytes?: number): Promise<FaultWorld> {
    const name = `faults-${randomUUID()}`;
    await createTable(servers.clients.dynamodb, name);
    await createStateTable(servers.clients.dynamodb, stateTableOf(name));
    const attributes = maxMessageBytes === undefined ? {} : { MaximumMessageSize: String(maxMessageBytes) };
    return new FaultWorld(servers, name, await servers.sqs.createFifoQueue(name, attributes));
  }

  /** Not the workers': no fault gets at it. */
  get client(): DynamoDBClient {
    return this.#servers.clients.dynamodb;
  }

  get queueClient(): SQSClient {
    return this.#servers.clients.sqs;
  }

  /** Closes the workers' clients and drops the tables. */
  async close(): Promise<void> {
    for (const client of this.#clients) client.destroy();
    for (const TableName of [this.table, this.stateTable])
      await this.#servers.clients.dynamodb.send(new DeleteTableCommand({ TableName }));
  }

  /** The worker of the AWS backend, with clients of its own that faults can get at. */
  worker({
    interceptor,
    maxAttempts,
    requestTimeout = 5_000,
    requestsGoOn = false,
    table = this.table,
    stateTable = this.stateTable,
    queueUrl = this.#queueUrl,
    quarantine,
    quarantineUrl,
  }: WorkerOptions = {}): FaultWorker {
    const { dynamodb, sqs } = this.#servers;
    const sdk = {
      ...LOCAL_SDK,
      ...(maxAttempts === undefined ? {} : { maxAttempts }),
      requestHandler: { connectionTimeout: 1_000, requestTimeout, throwOnRequestTimeout: true },
    };
    const tables = new DynamoDBClient({ ...sdk, endpoint: dynamodb.endpoint });
    const queues = new SQSClient({ ...sdk, endpoint: sqs.endpoint });
    this.#clients.push(tables, queues);
    if (requestsGoOn) for (const client of [tables, queues]) letRequestsGoOn(client);
    if (interceptor !== undefined) for (const client of [tables, queues]) intercept(client, interceptor);
    const documents = documentClientOf(tables);
    const { keys } = fleet.model;
    const ports = new ContainerModule(({ bind }) => {
      bind(ImageRepository).toConstantValue(new ElectroDbImageRepository(documents, table, keys));
      bind(MatcherRepository).toConstantValue(
        new ElectroDbMatcherRepository(documents, { table, keys, stateTable }),
      );
      bind(DerivedRowRepository).toConstantValue(
        new ElectroDbDerivedRowRepository(documents, { table, keys, stateTable }),
      );
      bind(EffectLog).toConstantValue(new ElectroDbEffectLog(documents, { stateTable }));
      bind(TableGenerations).toConstantValue(new DynamoDbTableGenerations(documents, { stateTable }));
      const poison =
        quarantineUrl === undefined ? quarantine : new SqsQuarantine(queues, { queueUrl: quarantineUrl });
      if (poison !== undefined) bind(Quarantine).toConstantValue(poison);
      bind(Metrics).toConstantValue(new MemoryMetrics());
      bind(SearchQueue).toConstantValue(new SqsSearchQueue(queues, { queueUrl }));
    });
    const silent = systemModule({ level: 'silent', stream: process.stderr, readable: false });
    const worker = streamWorker(compose(ports, silent));
    return {
      handler: handlerOf(worker, { failureMode: 'report', deadlineMarginMs: 0 }),
      processBatch: worker.processBatch,
    };
  }

  /** Brings the table to where it is after these records, repeated ones left out: a table is ahead of its stream. */
  async write(records: readonly DynamoDBRecord[]): Promise<void> {
    const last = new Map<string, WriteRequest>();
    for (const { dynamodb } of records) {
      const { Keys = {}, NewImage, SequenceNumber = '' } = dynamodb ?? {};
      const item = JSON.stringify(Keys);
      if (compareSequences(SequenceNumber, this.#written.get(item) ?? '') <= 0) continue;
      this.#written.set(item, SequenceNumber);
      const request =
        NewImage === undefined
          ? { DeleteRequest: { Key: toSdkImage(Keys) } }
          : { PutRequest: { Item: toSdkImage(NewImage) } };
      last.set(item, request);
    }
    const requests = [...last.values()];
    for (let from = 0; from < requests.length; from += 25) {
      let RequestItems: Record<string, WriteRequest[]> = { [this.table]: requests.slice(from, from + 25) };
      while (Object.keys(RequestItems).length > 0) {
        const answer = await this.#servers.clients.dynamodb.send(new BatchWriteItemCommand({ RequestItems }));
        RequestItems = answer.UnprocessedItems ?? {};
      }
    }
  }

  /** Delivers records as Lambda would, until each is handled. */
  async deliver(
    { handler }: FaultWorker,
    records: readonly DynamoDBRecord[],
    { batchSize = 100, pauseMs = 0 } = {},
  ): Promise<EventSource> {
    const source = new EventSource(handler, {
      batchSize,
      maxAttempts: DELIVERY_ATTEMPTS,
      sleep: () => new Promise((resolve) => setTimeout(resolve, pauseMs)),
    });
    await source.deliver(records);
    expect(source.givenUp, 'records that were given up').to.deep.equal([]);
    return source;
  }

  /** What came out of the queue so far, in its order. */
  async actions(): Promise<readonly SearchAction[]> {
    await drainQueue(this.#servers.clients.sqs, this.#queueUrl, this.#index);
    return this.#index.actions;
  }

  /** Proves that what is derived is what the table says, and that no search action came twice. */
  async expectExact(): Promise<Verification> {
    const actions = await this.actions();
    const names = actions.map(({ key, version }) => JSON.stringify([key, version]));
    expect(new Set(names).size, 'search actions that are not repetitions').to.equal(names.length);
    const verification = await this.verification();
    expect(verification.drift).to.deep.equal([]);
    return verification;
  }

  /** What is derived, once the queue is drained. */
  async state(): Promise<TableDerivedState> {
    await this.actions();
    return new TableDerivedState(this.#servers.clients.dynamodb, this.table, this.#index);
  }

  /** Compares what is derived with what the table says, once the queue is drained. */
  async verification(): Promise<Verification> {
    return verify(await this.state(), fleet);
  }

  /** Proves that the queue had the actions of each document in the order of their changes. */
  async expectOrder(): Promise<void> {
    const last = new Map<string, SearchAction>();
    for (const action of await this.actions()) {
      const name = JSON.stringify(action.key);
      const before = last.get(name);
      if (before !== undefined)
        expect(compareVersions(action.version, before.version), name).to.be.greaterThan(0);
      last.set(name, action);
    }
  }
}

/** An index that remembers what it was told. */
class RecordingIndex extends MemorySearchIndex {
  readonly actions: SearchAction[] = [];

  override apply(actions: readonly SearchAction[]): void {
    this.actions.push(...actions);
    super.apply(actions);
  }
}

function stateTableOf(table: string): string {
  return `${table}-state`;
}

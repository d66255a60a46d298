import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type Latency, NO_LATENCY } from './latency.ts';
import type { Meter } from './meter.ts';
import type { ModelTime } from './model-time.ts';
import { ModelledService } from './modelled-service.ts';
import { QueueModel } from './queue-model.ts';
import { TableModel } from './table-model.ts';

/** What a worker works on: real clients, and names. */
export interface Downstream {
  readonly dynamodb: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly table: string;
  readonly stateTable: string;
  readonly queueUrl: string;
}

export interface WorldOptions {
  /** None, unless given. */
  readonly latency?: Latency;
  /** Where latencies pass; real, unless given. */
  readonly time?: ModelTime;
  readonly meter?: Meter;
}

export const TABLE = 'aircraft';
export const STATE_TABLE = 'contrail-state';

const SDK = { region: 'eu-central-1', credentials: { accessKeyId: 'MODEL', secretAccessKey: 'MODEL' } };

/** DynamoDB and SQS within this process, behind the SDK's real clients. */
export class ModelledAws implements Downstream {
  readonly dynamodb: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly table = TABLE;
  readonly stateTable = STATE_TABLE;
  readonly queueUrl = 'https://sqs.eu-central-1.amazonaws.com/123456789012/search.fifo';
  readonly #tableService: ModelledService;
  readonly #queueService: ModelledService;
  tables = new TableModel();
  queue = new QueueModel();

  constructor() {
    this.#tableService = new ModelledService(this.tables, NO_LATENCY);
    this.#queueService = new ModelledService(this.queue, NO_LATENCY);
    this.dynamodb = new DynamoDBClient({ ...SDK, requestHandler: this.#tableService as never });
    this.sqs = new SQSClient({ ...SDK, requestHandler: this.#queueService as never });
  }

  /** Other tables and an empty queue behind the same clients, which stay warm, as in a Lambda from batch to batch. */
  reset(tables: TableModel, { latency = NO_LATENCY, time, meter }: WorldOptions = {}): void {
    this.tables = tables;
    this.queue = new QueueModel();
    for (const model of [this.tables, this.queue]) model.meter = meter;
    this.#tableService.reset(this.tables, latency, time);
    this.#queueService.reset(this.queue, latency, time);
  }

  /** Called for every request. */
  onRequest(listener: () => void): void {
    for (const service of this.#services) service.onRequest = listener;
  }

  /** Requests by operation. */
  get requests(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#services.flatMap(({ requests }) => [...requests]));
  }

  get requestCount(): number {
    return this.#services.reduce((sum, service) => sum + service.requestCount, 0);
  }

  /** Milliseconds of the processor that the models have taken. */
  get ownMs(): number {
    return this.#services.reduce((sum, { ownMs }) => sum + ownMs, 0);
  }

  /** Mean milliseconds that a request has waited for its answer, as measured. */
  get meanLatencyMs(): number {
    return this.#services.reduce((sum, { waitedMs }) => sum + waitedMs, 0) / Math.max(1, this.requestCount);
  }

  close(): void {
    this.dynamodb.destroy();
    this.sqs.destroy();
  }

  get #services(): readonly ModelledService[] {
    return [this.#tableService, this.#queueService];
  }
}

import type { DynamoDBRecord } from 'aws-lambda';
import { type Latency, NO_LATENCY } from '../model/latency.ts';
import { type Downstream, ModelledAws } from '../model/modelled-aws.ts';
import type { TableModel } from '../model/table-model.ts';
import type { Worker } from '../workers/worker.ts';

export interface BatchRun {
  readonly records: number;
  readonly seconds: number;
  /** Milliseconds of processor time, but for what the models took of it, which AWS would not take of this processor. */
  readonly processorMs: number;
  readonly modelMs: number;
  readonly requests: number;
  readonly meanLatencyMs: number;
}

export interface RunOptions {
  readonly latency?: Latency;
  /** All in one batch, unless given. */
  readonly batchSize?: number;
}

/** A worker and its clients, kept from batch to batch as a Lambda keeps them. */
export class Bench {
  readonly #aws = new ModelledAws();
  readonly #worker: Worker;

  constructor(makeWorker: (downstream: Downstream) => Worker) {
    this.#worker = makeWorker(this.#aws);
  }

  /** Hands records to the worker, on a copy of the tables. */
  async run(
    tables: TableModel,
    records: readonly DynamoDBRecord[],
    { latency = NO_LATENCY, batchSize = records.length }: RunOptions = {},
  ): Promise<BatchRun> {
    const aws = this.#aws;
    aws.reset(tables.clone(), { latency });
    const processor = process.cpuUsage();
    const started = performance.now();
    for (let start = 0; start < records.length; start += batchSize)
      await this.#worker.handle(records.slice(start, start + batchSize));
    const seconds = (performance.now() - started) / 1000;
    const { user, system } = process.cpuUsage(processor);
    const { ownMs: modelMs, requestCount: requests, meanLatencyMs } = aws;
    const processorMs = (user + system) / 1000 - modelMs;
    return { records: records.length, seconds, processorMs, modelMs, requests, meanLatencyMs };
  }
}

import type { DynamoDBRecord } from 'aws-lambda';
import { type Downstream, ModelledAws } from '../model/modelled-aws.ts';
import type { TableModel } from '../model/table-model.ts';
import type { Worker } from '../workers/worker.ts';

export interface BatchRun {
  readonly seconds: number;
  readonly processorMs: number;
  /** How much of the time the models took. */
  readonly modelMs: number;
  readonly requests: Readonly<Record<string, number>>;
  readonly meanLatencyMs: number;
}

export interface RunOptions {
  /** Median, in milliseconds. */
  readonly latencyMs: number;
  readonly seed?: number;
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
    { latencyMs, seed = 1, batchSize = records.length }: RunOptions,
  ): Promise<BatchRun> {
    const aws = this.#aws;
    aws.reset(tables.clone(), latencyMs, seed);
    collectGarbage();
    const processor = process.cpuUsage();
    const started = performance.now();
    for (let start = 0; start < records.length; start += batchSize)
      await this.#worker.handle(records.slice(start, start + batchSize));
    const seconds = (performance.now() - started) / 1000;
    const { user, system } = process.cpuUsage(processor);
    const { ownMs: modelMs, requests, meanLatencyMs } = aws;
    return { seconds, processorMs: (user + system) / 1000, modelMs, requests, meanLatencyMs };
  }
}

/** What the run before has left must not be collected in the next. */
function collectGarbage(): void {
  (globalThis as { gc?: () => void }).gc?.();
}

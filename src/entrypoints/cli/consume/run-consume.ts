import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { createDynamoDbClient } from '../../../adapters/aws/clients.ts';
import { DEFAULT_ATTEMPTS } from '../../../adapters/aws/client-defaults.ts';
import { latestStreamOf } from '../../../adapters/aws/streams/latest-stream.ts';
import { Clock } from '../../../application/ports/clock.ts';
import { Logger } from '../../../application/ports/logger.ts';
import { MonotonicClock } from '../../../application/ports/monotonic-clock.ts';
import { Random } from '../../../application/ports/random.ts';
import { ShardStates } from '../../../application/ports/shard-states.ts';
import { Sleeper } from '../../../application/ports/sleeper.ts';
import { StreamSource } from '../../../application/ports/stream-source.ts';
import { ReadStream } from '../../../application/read-stream/read-stream.ts';
import { streamWorker } from '../../composition/container.ts';
import { loadDefinition } from '../../definition/load-definition.ts';
import { handleRecordsOf } from '../../handle-records.ts';
import { FAILED } from '../exit-status.ts';
import { sayingWhoExits } from '../own-exit.ts';
import { stopOnSignal } from '../signals.ts';
import { type ConsumeWorker, consumeWorker } from './consume-worker.ts';
import { draining } from './draining.ts';
import { serveHealth } from './health.ts';
import { Progress } from './progress.ts';
import { consumeReport } from './report.ts';
import { type Followed, readConsumeSettings } from './settings.ts';

export interface ConsumeCommandOptions {
  readonly definition?: string;
  readonly table?: string;
  readonly streamArn?: string;
  readonly from: 'horizon' | 'latest';
  readonly once: boolean;
  readonly backend?: 'memory' | 'aws' | 'postgres';
  readonly batchSize: number;
  readonly parallelizationFactor: number;
  readonly failoverMs: number;
  readonly health?: number;
  readonly metrics: boolean;
  readonly report: 'text' | 'json';
}

/** How long documents are still brought into the index at the very end, in milliseconds. */
const LAST_DRAIN_MS = 5_000;

/** Reads a stream until it is stopped, writes the report, and sets the exit status. */
export async function runConsume(options: ConsumeCommandOptions): Promise<void> {
  const { definition } = await loadDefinition(options.definition, process.cwd());
  const { config, followed } = readConsumeSettings(options, process.env, definition.model);
  const stop = stopOnSignal();
  const progress = new Progress(process.stderr);
  let worker: ConsumeWorker | undefined;
  try {
    const streamArn = await streamOf(followed, stop.signal);
    const log = { level: config.logLevel, stream: progress.log, readable: process.stderr.isTTY };
    worker = await consumeWorker({ config, definition, streamArn, log, metrics: options.metrics });
    await consume(worker, streamArn, { progress, stop: stop.signal }, options);
  } catch (error) {
    // Stopped before it had begun.
    if (!stop.signal.aborted) throw error;
  } finally {
    stop.release();
    progress.stop();
    await worker?.close();
  }
}

async function streamOf(followed: Followed, signal: AbortSignal): Promise<string> {
  if ('streamArn' in followed) return followed.streamArn;
  const client = createDynamoDbClient(DEFAULT_ATTEMPTS);
  try {
    return await latestStreamOf(client, followed.table, signal);
  } finally {
    client.destroy();
  }
}

async function consume(
  worker: ConsumeWorker,
  stream: string,
  { progress, stop }: { readonly progress: Progress; readonly stop: AbortSignal },
  options: ConsumeCommandOptions,
): Promise<void> {
  const reader = readerOf(worker, stop, options);
  const logger = worker.container.get(Logger);
  const reading = { stream, since: Date.now(), status: () => reader.status };
  const health = options.health === undefined ? undefined : await serveHealth(options.health, reading);
  if (health !== undefined) logger.log('info', 'health is told over HTTP', { port: health.port });
  try {
    const started = performance.now();
    progress.start(reading.status);
    const result = await sayingWhoExits('contrail', 'nothing more is read', () => reader.run(stop));
    progress.stop();
    await worker.drain?.(AbortSignal.timeout(LAST_DRAIN_MS));
    const isLeft = result.unhandled > 0 && (options.once || result.isEndOfStream) && !stop.aborted;
    if (isLeft || result.gaps.length > 0) process.exitCode = FAILED;
    const seconds = (performance.now() - started) / 1_000;
    const output = options.metrics ? process.stderr : process.stdout;
    output.write(consumeReport(options.report, { stream, result, seconds }));
  } finally {
    health?.close();
  }
}

function readerOf(
  { container, drain }: ConsumeWorker,
  stop: AbortSignal,
  { from, once, batchSize, parallelizationFactor, failoverMs }: ConsumeCommandOptions,
): ReadStream {
  const logger = container.get(Logger);
  const handle = handleRecordsOf(streamWorker(container));
  return new ReadStream(
    {
      source: container.get(StreamSource),
      states: container.get(ShardStates),
      handle: drain === undefined ? handle : draining(handle, () => drain(stop), logger),
      owner: `${hostname()} ${process.pid} ${randomUUID()}`,
      clock: container.get(Clock),
      monotonic: container.get(MonotonicClock),
      sleeper: container.get(Sleeper),
      random: container.get(Random),
      logger,
    },
    { from, once, batchSize, parallelizationFactor, failoverMs },
  );
}

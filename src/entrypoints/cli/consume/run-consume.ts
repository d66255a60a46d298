import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { DEFAULT_ATTEMPTS } from '../../../adapters/aws/client-defaults.ts';
import { createDynamoDbClient } from '../../../adapters/aws/clients.ts';
import { DynamoDbStreamSource } from '../../../adapters/aws/streams/dynamodb-stream-source.ts';
import { tableStreamOf } from '../../../adapters/aws/streams/table-stream.ts';
import { Logger } from '../../../application/ports/logger.ts';
import { ReaderReport } from '../../../application/read-stream/report-reader.ts';
import { streamWorker } from '../../composition/container.ts';
import { READER_METRICS } from '../../composition/streams.module.ts';
import { loadDefinition } from '../../definition/load-definition.ts';
import { handleRecordsOf } from '../../handle-records.ts';
import { Follow } from '../../follow/follow.ts';
import { noStream } from '../../follow/no-stream.ts';
import { untilStopped } from '../../follow/until-stopped.ts';
import { FAILED } from '../exit-status.ts';
import { sayingWhoExits } from '../own-exit.ts';
import { stopOnSignal } from '../signals.ts';
import { type ConsumeWorker, consumeWorker } from './consume-worker.ts';
import { Draining } from './draining.ts';
import { everyMinute } from './every-minute.ts';
import { serveHealth } from './health.ts';
import { StatusLine } from '../status-line.ts';
import { CONSUME_FORMAT, consumeFigures } from './progress.ts';
import { consumeReport } from './report.ts';
import { type Followed, readConsumeSettings } from './settings.ts';

export interface ConsumeCommandOptions {
  readonly definition?: string;
  readonly table?: string;
  readonly streamArn?: string;
  readonly from: 'horizon' | 'latest';
  readonly once: boolean;
  /** A folder. */
  readonly state?: string;
  readonly backend?: 'memory' | 'aws' | 'postgres';
  readonly batchSize: number;
  readonly parallelizationFactor: number;
  readonly failoverMs: number;
  /** Whether documents are brought from the search queue into the index, where nobody else does. */
  readonly index: boolean;
  readonly health?: number;
  readonly metrics: boolean;
  readonly report: 'text' | 'json';
}

/** How long documents are still brought into the index at the very end, in milliseconds: once it is stopped, and where it ends of itself. */
const LAST_DRAIN_MS = { stopped: 5_000, ended: 300_000 };

/** Reads a stream until it is stopped, writes the report, and sets the exit status. */
export async function runConsume(options: ConsumeCommandOptions): Promise<void> {
  const { definition } = await loadDefinition(options.definition, process.cwd());
  const { config, followed } = readConsumeSettings(options, process.env, definition.model);
  const stop = stopOnSignal();
  const progress = new StatusLine(process.stderr);
  const log = { level: config.logLevel, stream: progress.log, readable: process.stderr.isTTY };
  const { metrics, state } = options;
  const worker = await consumeWorker({ config, definition, log, metrics, state });
  try {
    await consume(worker, followed, { progress, stop: stop.signal }, options);
  } finally {
    stop.release();
    progress.stop();
    await worker.close();
  }
}

async function consume(
  worker: ConsumeWorker,
  followed: Followed,
  { progress, stop }: { readonly progress: StatusLine; readonly stop: AbortSignal },
  options: ConsumeCommandOptions,
): Promise<void> {
  const { container, drain } = worker;
  const { from, once, batchSize, parallelizationFactor, failoverMs } = options;
  const logger = container.get(Logger);
  const handle = handleRecordsOf(streamWorker(container));
  const draining = drain && options.index ? new Draining(drain, logger, stop) : undefined;
  const follow = new Follow(
    {
      container,
      source: (arn) => new DynamoDbStreamSource(container.get(DynamoDBStreamsClient), arn),
      handle: draining?.after(handle) ?? handle,
      owner: `${hostname()} ${process.pid} ${randomUUID()}`,
    },
    { from, once, batchSize, parallelizationFactor, failoverMs },
  );
  const health =
    options.health === undefined ? undefined : await serveHealth(options.health, () => follow.reading);
  if (health !== undefined) logger.log('info', 'health is told over HTTP', { port: health.port });
  const report = new ReaderReport(container.get(READER_METRICS), logger);
  const reporting = everyMinute(() => report.say(follow.reading.status));
  try {
    const started = performance.now();
    progress.start(
      CONSUME_FORMAT,
      consumeFigures(() => follow.reading.status),
    );
    draining?.start();
    await sayingWhoExits('contrail', 'nothing more is read', () =>
      untilStopped(stop, () => run(follow, followed, stop)),
    );
    progress.stop();
    await draining?.finish(
      stop.aborted
        ? AbortSignal.timeout(LAST_DRAIN_MS.stopped)
        : AbortSignal.any([stop, AbortSignal.timeout(LAST_DRAIN_MS.ended)]),
    );
    const { result } = follow;
    const isLeft = result.unhandled > 0 && !stop.aborted;
    if (isLeft || result.gaps.length > 0) process.exitCode = FAILED;
    const seconds = (performance.now() - started) / 1_000;
    const output = options.metrics ? process.stderr : process.stdout;
    output.write(consumeReport(options.report, { result, seconds }));
  } finally {
    reporting.end();
    health?.close();
    await draining?.end();
  }
}

async function run(follow: Follow, followed: Followed, stop: AbortSignal): Promise<void> {
  if ('streamArn' in followed) {
    await follow.stream(followed.streamArn, stop);
    return;
  }
  const { table } = followed;
  const client = createDynamoDbClient(DEFAULT_ATTEMPTS);
  try {
    const describe = () => tableStreamOf(client, table, stop);
    if (!(await follow.table(describe, stop))) throw noStream(table, '--stream-arn');
  } finally {
    client.destroy();
  }
}

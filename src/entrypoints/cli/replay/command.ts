import { createReadStream } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { MemorySearchIndex } from '../../../adapters/memory/memory-search-index.ts';
import { MemorySearchQueue } from '../../../adapters/memory/memory-search-queue.ts';
import { DerivedState } from '../../../application/ports/derived-state.ts';
import { ProcessBatch } from '../../../application/process-batch.ts';
import { verify } from '../../../application/verify/verify.ts';
import { Fault } from '../../../domain/fault.ts';
import { compose } from '../../composition/container.ts';
import { memoryModule } from '../../composition/memory.module.ts';
import { systemModule } from '../../composition/system.module.ts';
import { readConfig } from '../../config.ts';
import { Progress } from './progress.ts';
import { replay, type ReplaySource } from './replay.ts';
import { jsonReport, textReport } from './report.ts';
import { StateFile, stateJson } from './state-file.ts';

interface ReplayCommandOptions {
  readonly backend: 'memory';
  readonly batchSize: number;
  readonly report: 'text' | 'json';
  readonly state?: string;
  readonly streamArn?: string;
  readonly verify: boolean;
}

/** Lambda's own bound on a batch. */
const MAX_BATCH_SIZE = 10_000;

export const replayCommand = new Command('replay')
  .summary('feed recorded changes through the worker')
  .description(
    `Feeds recorded changes through the worker, in order, and reports what happened.

Accepts, by looking: a Lambda event, a JSON array of records, NDJSON of records or
events, the output of "aws dynamodbstreams get-records", an on-failure object from S3.
Files of any size: they are read piece by piece.`,
  )
  .argument('<file...>', 'files of recorded changes; - is standard input')
  .addOption(new Option('--backend <name>', 'where derived state goes').choices(['memory']).default('memory'))
  .option('--batch-size <n>', `records a batch, 1 to ${MAX_BATCH_SIZE}`, batchSize, 100)
  .addOption(new Option('--report <form>', 'how to report').choices(['text', 'json']).default('text'))
  .option('--state <file>', 'write the derived state as JSON afterwards')
  .option('--stream-arn <arn>', 'the stream of records that do not name theirs')
  .option('--verify', 'recompute the derived state from the rows and compare', false)
  .addHelpText(
    'after',
    `
The exit status is 0 when all is done, 1 when a change failed or drift was found, and
2 for wrong usage or configuration.

Environment: LOG_LEVEL (silent, error, warn, info, debug; default error here).

Examples:
  contrail replay feed.ndjson --state state.json
  aws dynamodbstreams get-records --shard-iterator "$IT" | contrail replay - --stream-arn "$ARN"`,
  )
  .action(runReplay);

async function runReplay(files: string[], options: ReplayCommandOptions): Promise<void> {
  const config = readConfig({
    ...process.env,
    LOG_LEVEL: process.env['LOG_LEVEL'] || 'error',
    BACKEND: options.backend,
  });
  const sources = await openSources(files);
  const stateFile = options.state === undefined ? undefined : await StateFile.create(options.state);
  const container = compose(
    memoryModule,
    systemModule({ level: config.logLevel, stream: process.stderr, readable: process.stderr.isTTY }),
  );
  const queue = container.get(MemorySearchQueue);
  const index = container.get(MemorySearchIndex);
  const state = container.get(DerivedState);
  const progress = new Progress(process.stderr, totalSize(sources));
  try {
    const started = performance.now();
    const result = await replay(
      sources,
      { ...options, onProgress: (bytes, records) => progress.update(bytes, records) },
      { processBatch: container.get(ProcessBatch), drain: () => index.apply(queue.drain()) },
    );
    const seconds = (performance.now() - started) / 1000;
    progress.stop();
    const searchActions = queue.sent;
    const verification = options.verify ? await verify(state) : undefined;
    await stateFile?.write(stateJson(state, searchActions, result.failures.sorted()));
    const report = options.report === 'json' ? jsonReport : textReport;
    process.stdout.write(report({ result, seconds, searchActions, verification }));
    if (result.failures.size > 0 || (verification?.drift.length ?? 0) > 0) process.exitCode = 1;
  } catch (error) {
    progress.stop();
    await stateFile?.discard();
    throw error;
  }
}

interface SizedSource extends ReplaySource {
  readonly size: number | undefined;
}

async function openSources(files: readonly string[]): Promise<SizedSource[]> {
  if (files.filter((file) => file === '-').length > 1)
    throw new Fault('configuration', 'standard input (-) can be read only once');
  return Promise.all(
    files.map(async (file) => {
      if (file === '-') return { name: 'standard input', size: undefined, open: () => process.stdin };
      try {
        await access(file, constants.R_OK);
        const found = await stat(file);
        if (found.isDirectory()) throw new Error('it is a directory');
        const size = found.isFile() ? found.size : undefined;
        return { name: file, size, open: () => createReadStream(file, { highWaterMark: 1 << 18 }) };
      } catch (error) {
        throw new Fault('configuration', `cannot read ${file}: ${(error as Error).message}`, {
          cause: error,
        });
      }
    }),
  );
}

function totalSize(sources: readonly SizedSource[]): number | undefined {
  return sources.reduce<number | undefined>(
    (total, { size }) => (total === undefined || size === undefined ? undefined : total + size),
    0,
  );
}

function batchSize(text: string): number {
  const size = /^\d+$/.test(text) ? Number(text) : 0;
  if (size < 1 || size > MAX_BATCH_SIZE)
    throw new InvalidArgumentError(`Expected a whole number from 1 to ${MAX_BATCH_SIZE}.`);
  return size;
}

import { statSync } from 'node:fs';
import { Command, Option } from 'commander';
import { MemorySearchQueue } from '../../../adapters/memory/memory-search-queue.ts';
import { TableGenerations } from '../../../application/ports/table-generations.ts';
import { ProcessBatch } from '../../../application/process-batch.ts';
import { verify } from '../../../application/verify/verify.ts';
import { readConfig } from '../../config.ts';
import { loadDefinition } from '../../definition/load-definition.ts';
import { createMemoryWorker } from '../../memory-worker.ts';
import { DEFINITION_HELP, definitionOption } from '../definition-option.ts';
import { FAILED } from '../exit-status.ts';
import { OutputFile } from '../output-file.ts';
import { integer } from '../options.ts';
import { openSources, totalSize } from '../sources.ts';
import { Progress } from './progress.ts';
import { replay } from './replay.ts';
import { jsonReport, textReport } from './report.ts';
import { followedTables, RecordedStreams, streamArn } from './streams.ts';
import { stateJson } from './state-json.ts';

interface ReplayCommandOptions {
  readonly definition?: string;
  readonly backend: 'memory';
  readonly batchSize: number;
  readonly report: 'text' | 'json';
  readonly state?: string;
  readonly streamArn?: string;
  readonly follow?: readonly string[];
  readonly verify: boolean;
}

/** Lambda's own bound on a batch. */
const MAX_BATCH_SIZE = 10_000;

export const replayCommand = new Command('replay')
  .summary('feed recorded changes through the worker')
  .description(
    `Feeds recorded changes through the worker, in order, and reports what happened.

Detects what each file holds: a Lambda event, a JSON array of records, NDJSON of
records or events, the output of "aws dynamodbstreams get-records", an on-failure
object from S3; and each of these compressed with gzip. Files may be of any size:
they are read piece by piece.`,
  )
  .argument('<file...>', 'files of recorded changes; - is standard input')
  .addOption(definitionOption())
  .addOption(new Option('--backend <name>', 'where derived state goes').choices(['memory']).default('memory'))
  .option('--batch-size <n>', `records per batch, 1 to ${MAX_BATCH_SIZE}`, integer(1, MAX_BATCH_SIZE), 100)
  .addOption(new Option('--report <form>', 'how to report').choices(['text', 'json']).default('text'))
  .option('--state <file>', 'write the derived state as JSON afterwards; - is standard output')
  .option('--stream-arn <arn>', 'the stream of records that do not name theirs', streamArn)
  .option('--follow <arns>', 'the tables of the records, separated by commas, oldest first', followedTables)
  .option('--verify', 'recompute the derived state from the rows and compare', false)
  .addHelpText(
    'after',
    `
${DEFINITION_HELP}

Recordings of several tables are refused unless --follow gives the order in
which the tables were followed; so are named and unnamed streams together.

The report goes to standard output, or to standard error with --state -.
The exit status is 0 when all is done, 1 when a change failed or drift was
found, and 2 for wrong usage or configuration.

Environment: LOG_LEVEL (silent, error, warn, info, debug; default silent here,
as the report lists every failure).

Examples:
  contrail replay feed.ndjson --state state.json
  aws dynamodbstreams get-records --shard-iterator "$IT" |
    contrail replay - --stream-arn "$ARN"`,
  )
  .action(runReplay);

async function runReplay(files: string[], options: ReplayCommandOptions): Promise<void> {
  const { logLevel } = readConfig({
    ...process.env,
    LOG_LEVEL: process.env['LOG_LEVEL'] || 'silent',
    BACKEND: options.backend,
  });
  const { definition, file } = await loadDefinition(options.definition, process.cwd());
  const sources = await openSources(files);
  const inputs = [...sources.map(({ stats }) => stats), ...(file === undefined ? [] : [statSync(file)])];
  const stateFile =
    options.state === undefined
      ? undefined
      : await OutputFile.create(options.state, { what: 'the state file', inputs });
  const { container, state, drain } = createMemoryWorker({
    definition,
    log: { level: logLevel, stream: process.stderr, readable: process.stderr.isTTY },
  });
  const streams = await RecordedStreams.open(definition.model, container.get(TableGenerations), options);
  // Log lines on the same terminal would write over the bar.
  const progress = new Progress(process.stderr, totalSize(sources), logLevel === 'silent');
  try {
    const started = performance.now();
    const result = await replay(
      sources,
      { batchSize: options.batchSize, onProgress: (bytes, records) => progress.update(bytes, records) },
      { streams, processBatch: container.get(ProcessBatch), drain },
    );
    const seconds = (performance.now() - started) / 1000;
    progress.stop();
    const searchActions = container.get(MemorySearchQueue).sent;
    const verification = options.verify ? await verify(state, definition) : undefined;
    // Before anything is written: where nobody reads that, this is the end.
    if (result.failures.total > 0 || (verification?.drift.length ?? 0) > 0) process.exitCode = FAILED;
    const [unwritten] = await Promise.allSettled([
      stateFile?.write(stateJson({ state, searchActions, definition, failures: result.failures.list() })),
    ]);
    const report = options.report === 'json' ? jsonReport : textReport;
    const output = stateFile?.isStandardOutput ? process.stderr : process.stdout;
    output.write(report({ result, seconds, searchActions, verification, definition }));
    if (unwritten.status === 'rejected') throw unwritten.reason;
  } finally {
    progress.stop();
    await stateFile?.discard();
  }
}

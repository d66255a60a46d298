import { Command, Option } from 'commander';
import { FAILED } from '../../src/entrypoints/cli/exit-status.ts';
import { untilSignal } from '../../src/entrypoints/cli/signals.ts';
import { integer } from '../../src/entrypoints/cli/options.ts';
import { runLocalCommand } from './command-line.ts';
import { ProgressLine } from './progress-line.ts';

interface LocalOptions {
  readonly records: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly backend: 'aws' | 'memory';
  readonly reader: boolean;
  readonly fullTable: boolean;
  readonly keep: boolean;
}

/** Lambda's own limit. */
const MAX_BATCH_SIZE = 10_000;

const command = new Command('local')
  .description(
    `Runs the built Lambda function on this machine, on local servers: writes a
sample fleet into DynamoDB Local, delivers the table's stream to the function
as Lambda would, or has "contrail consume" read it, has "contrail index" take the
queue to a search server, and compares everything derived with the table, the
server's documents too.`,
  )
  .option('--records <n>', 'how many writes to the table', integer(1), 6_000)
  .option('--batch-size <n>', `most records at once, 1 to ${MAX_BATCH_SIZE}`, integer(1, MAX_BATCH_SIZE), 100)
  .option('--seed <n>', 'seed of all random choices', integer(0), 1)
  .addOption(
    new Option('--backend <name>', 'where derived state goes: to the servers, or to memory')
      .choices(['aws', 'memory'])
      .default('aws'),
  )
  .addOption(
    new Option('--reader', 'read the stream by "contrail consume" instead, a process of its own')
      .conflicts('backend')
      .default(false),
  )
  .addOption(
    new Option(
      '--full-table',
      'the table is full before: "contrail backfill" fills what is derived, beside "contrail consume", and "contrail verify" proves it',
    )
      .conflicts(['backend', 'reader'])
      .default(false),
  )
  .option('--keep', 'leave the servers up until Ctrl-C', false)
  .addHelpText(
    'after',
    `
The exit status is 0 when nothing drifted, 1 when a record was given up or drift
was found, and 2 for wrong usage or when Java is missing.

The search server is a stand-in of this process. With TYPESENSE_URL and
TYPESENSE_API_KEY it is the one that they name: collections that it does not
have are made there, and stay.

Example:
  npm run local -- --records 20000 --seed 7 --keep`,
  )
  .action(run);

async function run({
  records,
  batchSize,
  seed,
  backend,
  reader,
  fullTable,
  keep,
}: LocalOptions): Promise<void> {
  // Not for --help: they and the SDK take a second to load.
  const { isExact, runEndToEnd } = await import('../proof/end-to-end.ts');
  const { fullTableWorker } = await import('../proof/full-table.ts');
  const { builtWorker, consumeWorker, memoryWorker } = await import('../proof/local-worker.ts');
  const { startSearchServer } = await import('../proof/local-indexer.ts');
  const { startServers } = await import('../servers/servers.ts');
  const { reachText, summaryText } = await import('./run-summary.ts');
  const progress = new ProgressLine(process.stderr);
  progress.show('starting DynamoDB Local and SQS');
  const servers = await startServers({ brief: !keep });
  const search = await startSearchServer(process.env);
  try {
    const full = fullTable ? fullTableWorker(servers, search) : undefined;
    const worker =
      full ??
      (reader
        ? consumeWorker(servers, search)
        : backend === 'aws'
          ? await builtWorker(servers, search)
          : memoryWorker());
    const result = await withoutOutput(() =>
      runEndToEnd(servers, worker, {
        writes: records,
        seed,
        batchSize,
        onProgress: (phase, done) => progress.show(phase, done),
      }),
    );
    const proof = await full?.prove();
    progress.clear();
    if (!isExact(result)) process.exitCode = FAILED;
    process.stdout.write(summaryText(result, search));
    if (proof !== undefined) process.stdout.write(`\ncontrail verify\n${proof}`);
    if (!keep) return;
    process.stdout.write(reachText(servers, search));
    await untilSignal();
  } finally {
    progress.clear();
    await search.stop();
    await servers.stop();
  }
}

/** Drops what the function writes to standard output: its metrics, which Lambda would pass on to CloudWatch. */
async function withoutOutput<T>(work: () => Promise<T>): Promise<T> {
  const { stdout } = process;
  const write = stdout.write.bind(stdout);
  stdout.write = () => true;
  try {
    return await work();
  } finally {
    stdout.write = write;
  }
}

await runLocalCommand(command);
// The worker's open connections would keep the process up for a while.
process.exit();

import { Command, Option } from 'commander';
import { DEFINITION_HELP, definitionOption } from '../definition-option.ts';
import { integer } from '../options.ts';
import type { ReplayCommandOptions } from './run-replay.ts';
import { followedTables, streamArn } from './streams.ts';

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
  .addOption(
    new Option('--backend <name>', 'where derived state goes')
      .choices(['memory', 'postgres'])
      .default('memory'),
  )
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
as the report lists every failure). With --backend postgres: DATABASE_URL
(default pglite:, an embedded database in memory), DATABASE_SCHEMA,
DATABASE_PREFIX, DATABASE_CONNECTIONS. What such a database holds already stays.
BACKEND is not read: a replay goes into no database unless it is told to.

Examples:
  contrail replay feed.ndjson --state state.json
  aws dynamodbstreams get-records --shard-iterator "$IT" |
    contrail replay - --stream-arn "$ARN"`,
  )
  .action(async (files: string[], options: ReplayCommandOptions) => {
    const { runReplay } = await import('./run-replay.ts');
    await runReplay(files, options);
  });

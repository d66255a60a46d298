import { Command, Option } from 'commander';
import { READ_STREAM_DEFAULTS } from '../../../application/read-stream/options.ts';
import { DEFINITION_HELP, definitionOption } from '../definition-option.ts';
import { integer } from '../options.ts';
import { streamArn } from '../replay/streams.ts';
import type { ConsumeCommandOptions } from './run-consume.ts';

const { batchSize, parallelizationFactor, failoverMs } = READ_STREAM_DEFAULTS;

export const consumeCommand = new Command('consume')
  .summary('read a stream directly, without Lambda')
  .description(
    `Reads a table's stream and handles each change as the Lambda function does,
until it is stopped. Any number of these may run at a time: they share the
shards.`,
  )
  .addOption(definitionOption())
  .option('--table <name>', 'the table whose stream is read; TABLE_NAME unless given')
  .option('--stream-arn <arn>', 'the stream itself, also one that is switched off', streamArn)
  .addOption(
    new Option('--from <place>', 'where to begin with a stream of which nothing is noted')
      .choices(['horizon', 'latest'])
      .default('horizon'),
  )
  .option('--once', 'end when what is there now is handled', false)
  .addOption(
    new Option('--backend <name>', 'where derived state goes; BACKEND unless given').choices([
      'memory',
      'aws',
      'postgres',
    ]),
  )
  .option('--state <folder>', 'where how far shards are handled is noted: for this process alone')
  .option('--batch-size <n>', 'most records handled at once, 1 to 10000', integer(1, 10_000), batchSize)
  .option(
    '--parallelization-factor <n>',
    'batches of a shard at a time, 1 to 10',
    integer(1, 10),
    parallelizationFactor,
  )
  .option(
    '--failover-ms <n>',
    'when the shards of a lost process are taken over, 500 to 300000',
    integer(500, 300_000),
    failoverMs,
  )
  .option('--no-index', 'leave documents in the search queue, for contrail index')
  .option('--health <port>', 'say over HTTP how it is doing', integer(0, 65_535))
  .option('--metrics', "print each batch's metrics, and its own every minute", false)
  .addOption(new Option('--report <form>', 'how to report').choices(['text', 'json']).default('text'))
  .addHelpText(
    'after',
    `
${DEFINITION_HELP}

How far each shard is handled is noted where derived state is kept: in the state
table, in PostgreSQL, or in memory, and then begins anew with each start. With
--state it is in a folder, which one process has to itself, and goes on from
there; what is derived in memory begins anew all the same. That suits effects. A
record that fails holds back those of its item, and is tried again; what can
never be handled goes to quarantine, where there is one.

With --backend postgres or memory, documents are brought from the search queue
into the database, or into memory, as well. With --no-index they are not: where
contrail index takes them to another engine, say.

--from latest leaves out what the stream has already; once something is noted,
reading goes on from there.

Records that have left the stream before they were read are a gap. It is logged,
noted for good, and reported until it is closed (contrail gaps); reading goes on
behind it.

SIGINT and SIGTERM end it in good order, within ${READ_STREAM_DEFAULTS.stopMs / 1_000 + 5} seconds: what has begun
ends, how far it is is noted, and others take over its shards at once. A second
signal ends it at once; nothing is lost then, and some records are handled
again.

--health answers on all addresses: /live with 200 while something went well
within the last minute, /ready with 200 while it takes part in reading, else
with 503, and / with 200. Each says lag, shards and gaps as JSON. Port 0 is any
that is free; the log says which.

The report goes to standard output, or to standard error with --metrics. The
exit status is 0 when it was stopped, the stream has ended or, with --once, all
is handled; 1 when a record could not be handled then, or there are gaps; and 2
for wrong usage or configuration, as a stream that is not there.

Environment: that of the worker (BACKEND, TABLE_NAME, STATE_TABLE_NAME,
TYPESENSE_QUEUE_URL, DATABASE_URL and so on), and the AWS SDK's own; LOG_LEVEL
(silent, error, warn, info, debug; default info).

Examples:
  contrail consume --table orders
  contrail consume --table orders --backend postgres --health 8080
  contrail consume --stream-arn "$ARN" --backend memory --once`,
  )
  .action(async (options: ConsumeCommandOptions) => {
    const { runConsume } = await import('./run-consume.ts');
    await runConsume(options);
  });

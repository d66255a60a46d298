import { Command, Option } from 'commander';
import { INDEX_QUEUE_DEFAULTS } from '../../../application/index-queue.ts';
import { DEFINITION_HELP, definitionOption } from '../definition-option.ts';
import { integer } from '../options.ts';
import { followedTables, streamArn } from '../replay/streams.ts';
import type { IndexCommandOptions } from './run-index.ts';

const { receivers, batchMax } = INDEX_QUEUE_DEFAULTS;

export const indexCommand = new Command('index')
  .summary('carry out the search queue in the search engine')
  .description(
    `Takes search actions off the queue and carries them out in the search engine,
and goes on until it is stopped. Any number of these may run at a time.`,
  )
  .argument('[file...]', 'with --rebuild: files of recorded changes; - is standard input')
  .addOption(definitionOption())
  .option('--folder <folder>', 'use the embedded engine, in this folder')
  .option('--once', 'end when there is nothing more to receive', false)
  .option('--create', 'first make the collections that are missing', false)
  .option('--rebuild <collection>', 'fill this collection anew, from recorded changes')
  .option(
    '--receivers <n>',
    `how many receive at a time, 1 to 100 (default: ${receivers}, and 1 with PostgreSQL)`,
    integer(1, 100),
  )
  .option('--batch-size <n>', 'most messages in one import, 1 to 4000', integer(1, 4_000), batchMax)
  .option('--stream-arn <arn>', 'with --rebuild: the stream of unnamed records', streamArn)
  .option('--follow <arns>', 'with --rebuild: the tables, oldest first', followedTables)
  .option('--metrics', "print each batch's metrics, in CloudWatch's format", false)
  .addOption(new Option('--report <form>', 'how to report').choices(['text', 'json']).default('text'))
  .addHelpText(
    'after',
    `
${DEFINITION_HELP}

The engine is Typesense, where TYPESENSE_URL says, or the embedded one, which
keeps documents in the folder that SEARCH_FOLDER or --folder names and lets one
process write. The queue is that of TYPESENSE_QUEUE_URL, or, with
BACKEND=postgres, that of the database; documents stay in the database then,
unless an engine is named. Beside the index, the state table, or the database,
keeps how new each document is, so that no older action undoes it.

SIGINT and SIGTERM end it in good order: what has begun ends, what waits is
given back to the queue. A second signal ends it at once; nothing is lost then.
Messages that cannot be carried out are given back until the queue's own rule
takes them to its dead-letter queue; in PostgreSQL they are dead letters then
and there. The log says why.

--create makes each collection that is missing, and an alias of its name that
leads to it. It changes none that is there: differences are an error that names
them. With the embedded engine there is nothing to make.

--rebuild makes a new collection beside the old one, fills it from recorded
changes, and has the alias lead to it; the old one stays. Stop the indexer
before and start it afterwards: what is not in the recording must be in the
queue. Nothing is switched when a record failed, a document was refused, the old
collection has documents that the recording does not know of, or somebody has
written to it meanwhile. What earlier ones have left is named, and in a folder
removed.

The report goes to standard output, or to standard error with --metrics. The
exit status is 0 when it was stopped or, with --once, all is done; 1 when
messages were given back, or a collection was not rebuilt; and 2 for wrong usage
or configuration, as a refused key or a collection or queue that is not there.

Environment: TYPESENSE_URL, and TYPESENSE_API_KEY, or TYPESENSE_API_KEY_FILE or
TYPESENSE_API_KEY_SECRET, which are read again once the key is refused; or
SEARCH_FOLDER; to drain the queue TYPESENSE_QUEUE_URL, TABLE_NAME,
STATE_TABLE_NAME, and the AWS SDK's own, or BACKEND=postgres and DATABASE_URL
with what belongs to it; LOG_LEVEL (silent, error, warn, info, debug; default
info).

Examples:
  contrail index --create
  contrail index --folder /var/lib/contrail/search --once
  BACKEND=postgres DATABASE_URL=postgres://app@db/app contrail index
  contrail index --rebuild orders feed-*.ndjson.gz`,
  )
  .action(async (files: string[], options: IndexCommandOptions) => {
    const { runIndex } = await import('./run-index.ts');
    await runIndex(files, options);
  });

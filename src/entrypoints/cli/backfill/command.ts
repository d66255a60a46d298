import { Command, Option } from 'commander';
import { BACKFILL_DEFAULTS } from '../../../application/backfill/backfill.ts';
import { DEFINITION_HELP, definitionOption } from '../definition-option.ts';
import { integer, several, time as readTime } from '../options.ts';
import { readRate } from '../rate-option.ts';
import type { BackfillCommandOptions } from './run-backfill.ts';

export const backfillCommand = new Command('backfill')
  .summary('derive from the rows that are there already')
  .description(
    `Derives from all rows of the table what the definition says, beside the worker
that handles changes, and clears away what was derived from rows that are gone.`,
  )
  .addOption(definitionOption())
  .addOption(
    new Option('--backend <name>', 'where derived state is; BACKEND unless given').choices([
      'aws',
      'postgres',
    ]),
  )
  .option('--only <name>', 'fill this derivation; may be repeated', several, [])
  .option(
    '--segments <n>',
    'parts of the table that are read at a time, 1 to 100',
    integer(1, 100),
    BACKFILL_DEFAULTS.segments,
  )
  .option(
    '--export <from>',
    'take the rows from an export of the table to S3: a folder, or s3://BUCKET/PREFIX',
  )
  .addOption(
    new Option(
      '--followed-since <time>',
      'with --export: since when a worker with this definition has handled every change',
    ).argParser(readTime),
  )
  .option(
    '--rate <rate>',
    "read units a second that the scan takes, or a share of the table's: 500, 25%; with --export, writes a second",
    readRate,
  )
  .option('--dry-run', 'write nothing, and say what would be done', false)
  .addOption(new Option('--report <form>', 'how to report').choices(['text', 'json']).default('text'))
  .addHelpText(
    'after',
    `
${DEFINITION_HELP}

Start the worker first: what changes meanwhile is in its stream. Nothing is
counted twice, and nothing is put over what is newer. Documents go through the
search queue: they are in the index once the indexer has brought them there.
Effects are run only where they say { backfill: true }, and once for a row.

How far it is, is noted after each page. The same command goes on from there,
after a signal, which ends it after the present page, as after a crash. With
other derivations or --segments it begins anew.

--dry-run reads all rows, and what is noted of them, and decides as it would; it
writes nothing, and always begins at the beginning. For each derivation it says
how much would be written, sent or run, and how much is right as it is.

--rate counts what the scan reads. What is derived takes reads and writes
beside that. A document of a row that is gone is deleted where a fence tells of
it; what is in the index without one, contrail verify finds, and --repair=extra
deletes.

--export takes the rows from a full export to S3 in DynamoDB JSON
(aws dynamodb export-table-to-point-in-time), and not from the table: read there,
or from a folder that aws s3 sync has brought them to. S3 asks for the package
@aws-sdk/client-s3. The table is read only for rows that something is noted of and
that differ, for pointers, and for rows with effects. Start the worker first, then
take the export, and say with --followed-since when it was that the worker began:
before the time of the export, or rows that changed in between would be wrong. An
export is good for 29 days. --rate is then of what is written: derivations of rows
a second.

The exit status is 0 when all is done, 1 where rows were refused, or it failed
or was stopped, and 2 for wrong usage or configuration.

Environment: that of the worker (BACKEND, TABLE_NAME, STATE_TABLE_NAME,
TYPESENSE_QUEUE_URL, DATABASE_URL and so on); LOG_LEVEL (silent, error, warn,
info, debug; default info).

Examples:
  contrail backfill
  contrail backfill --only order_search --rate 25%
  contrail backfill --export s3://exports/2026-11 --followed-since 2026-11-29T09:00:00Z
  contrail backfill --dry-run`,
  )
  .action(async (options: BackfillCommandOptions) => {
    const { runBackfill } = await import('./run-backfill.ts');
    await runBackfill(options);
  });

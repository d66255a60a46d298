import { Command, Option } from 'commander';
import { DEFINITION_HELP, definitionOption } from '../definition-option.ts';
import { integer } from '../options.ts';
import { streamArn } from '../replay/streams.ts';
import type { RedriveCommandOptions } from './run-redrive.ts';

export const redriveCommand = new Command('redrive')
  .summary('bring rows into line whose changes were given up')
  .description(
    `Brings what is derived of rows into line with the rows as they are now, whose
changes a worker, an indexer or an event source gave up. Says what it would do,
unless --yes is given.`,
  )
  .argument(
    '<from...>',
    'files or folders (- for standard input), the URL of a queue, quarantine, dead-letters, or parked',
  )
  .addOption(definitionOption())
  .addOption(
    new Option('--backend <name>', 'where derived state is; BACKEND unless given').choices([
      'aws',
      'postgres',
    ]),
  )
  .option('--yes', 'do it')
  .option('--rate <n>', 'rows a second', integer(1))
  .option('--skip-refused', 'of parked items, give up changes that are refused for good')
  .option('--stream-arn <arn>', 'the stream of records that do not name theirs', streamArn)
  .addOption(new Option('--report <form>', 'how to report').choices(['text', 'json']).default('text'))
  .addHelpText(
    'after',
    `
FROM holds, in any mixture: batches that were given up, as Lambda leaves them in
S3; messages of the quarantine; search actions that are dead letters; stream
records and Lambda events; what "aws sqs receive-message" prints of them; and
what destinations are told that get no records, which are read from the stream
while it has them. A bucket is copied first: aws s3 sync s3://BUCKET FOLDER.
quarantine is the one that the worker is configured with, dead-letters those of
the search queue on PostgreSQL, parked the items that a worker with POISON=park
has set aside.
${DEFINITION_HELP}

Only keys are taken from records: what is derived is brought into line with the
rows as they are now, beside the worker, and never put over what is newer. An
effect is given the record itself, in the order of FROM, where it has not run
for it; where it has run for a newer change of the row, it is not run again.
Documents go through the search queue.

A message is deleted once all that it asks for is done; what fails again says so
and stays. Files stay. The same command can be given again at any time.

A parked item is no longer parked once its effects have run for its changes, in
their order, and what is derived of it is as its row is now. One that goes on
failing stays, and says so. An effect that will never run for a change, as that
is refused for good, keeps its item parked, unless --skip-refused gives it up.

The exit status is 0 when all is done, or could be, 1 where something failed or
it was stopped, and 2 for wrong usage or configuration.

Environment: that of the worker (BACKEND, TABLE_NAME, STATE_TABLE_NAME,
TYPESENSE_QUEUE_URL, QUARANTINE_QUEUE_URL, DATABASE_URL and so on); LOG_LEVEL
(silent, error, warn, info, debug; default info).

Examples:
  contrail redrive quarantine
  contrail redrive quarantine --yes
  contrail redrive parked --yes
  contrail redrive given-up/aws/lambda --yes --rate 100`,
  )
  .action(async (from: readonly string[], options: RedriveCommandOptions) => {
    const { runRedrive } = await import('./run-redrive.ts');
    await runRedrive(from, options);
  });

import { Command, Option } from 'commander';
import { BACKFILL_DEFAULTS } from '../../../application/backfill/backfill.ts';
import { DEFINITION_HELP, definitionOption } from '../definition-option.ts';
import { integer } from '../options.ts';
import { readRate } from '../rate-option.ts';
import type { PurgeCommandOptions } from './run-purge.ts';

export const purgeCommand = new Command('purge')
  .summary('remove what a derivation derived that the definition has no more')
  .description(
    `Says what a derivation that the definition has no more has left: documents, counts,
pointers, derived rows, and what is noted of them. With --yes, removes it, beside
the worker.`,
  )
  .argument('<name>', 'the derivation; contrail plan lists those that are gone')
  .addOption(definitionOption())
  .addOption(
    new Option('--backend <name>', 'where derived state is; BACKEND unless given').choices([
      'aws',
      'postgres',
    ]),
  )
  .option('--yes', 'remove it', false)
  .option('--dry-run', 'write nothing, and say what would be removed; so it is without --yes', false)
  .option(
    '--segments <n>',
    'parts of the table that are read at a time, 1 to 100',
    integer(1, 100),
    BACKFILL_DEFAULTS.segments,
  )
  .option('--rate <rate>', "units a second, or a share of the table's read units: 500, 25%", readRate)
  .addOption(new Option('--report <form>', 'how to report').choices(['text', 'json']).default('text'))
  .addHelpText(
    'after',
    `
${DEFINITION_HELP}

Deploy the definition without the derivation first: a worker that still has it
goes on to derive. A derivation that the definition has is refused, and so is
one of which nothing is noted, because no backfill of it was ever complete.

Counts are taken back and derived rows removed with what is noted of each row,
in one transaction. Documents are deleted through the search queue. What a
derivation of the present definition has at the same place stays, and so do the
rows of a derivation with { keep: true }. Of what is noted, tombstones stay for
30 days.

For counts, pointers and derived rows the table is read once. --rate counts a
read unit of that, and each item that is removed. After a signal, or a crash,
the same command goes on.

The exit status is 0 when nothing is left, or nothing was to be removed, 1 where
something is left, or it failed or was stopped, and 2 for wrong usage or
configuration.

Environment: that of the worker (BACKEND, TABLE_NAME, STATE_TABLE_NAME,
TYPESENSE_QUEUE_URL, DATABASE_URL and so on); LOG_LEVEL (silent, error, warn,
info, debug; default info).

Examples:
  contrail purge order_search
  contrail purge order_search --yes`,
  )
  .action(async (name: string, options: PurgeCommandOptions) => {
    const { runPurge } = await import('./run-purge.ts');
    await runPurge(name, options);
  });

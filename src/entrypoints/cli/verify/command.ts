import { Command, InvalidArgumentError, Option } from 'commander';
import { VERIFY_DEFAULTS } from '../../../application/drift/verify-parts.ts';
import { DRIFT_KINDS, type DriftKind } from '../../../domain/drift/finding.ts';
import { USUALLY_MENDED } from '../../../domain/drift/mending.ts';
import { DEFINITION_HELP, definitionOption } from '../definition-option.ts';
import { integer, several } from '../options.ts';
import type { VerifyCommandOptions } from './run-verify.ts';

const { settleMs, segments } = VERIFY_DEFAULTS;

export const verifyCommand = new Command('verify')
  .summary('compare all that is derived with the table, and mend what differs')
  .description(
    `Works out from the table's rows what must be derived, and compares it with what
is stored: both ways, whole contents, while changes go on. Reads only, unless it
is told to mend what it finds.`,
  )
  .addOption(definitionOption())
  .addOption(
    new Option('--backend <name>', 'where derived state is; BACKEND unless given').choices([
      'aws',
      'postgres',
    ]),
  )
  .addOption(
    new Option('--repair [kinds]', `mend what is found: ${USUALLY_MENDED.join(',')} unless named`)
      .preset(USUALLY_MENDED.join())
      .argParser(driftKinds),
  )
  .option('--only <name>', 'compare this derivation; may be repeated', several, [])
  .option(
    '--sample <n>',
    'look at so many rows, drawn at random, and at none of the rest',
    integer(1, 1_000_000),
  )
  .option(
    '--settle <seconds>',
    'how long a change may take until it is handled, 0 to 3600',
    integer(0, 3_600),
    settleMs / 1_000,
  )
  .option('--segments <n>', 'parts of the table that are read at a time, 1 to 100', integer(1, 100), segments)
  .option('--folder <folder>', 'documents are in the embedded engine, in this folder')
  .option('--show', 'show what items say, and must say', false)
  .option('--metrics', "print the result's metrics, in CloudWatch's format", false)
  .addOption(new Option('--report <form>', 'how to report').choices(['text', 'json']).default('text'))
  .addHelpText(
    'after',
    `
${DEFINITION_HELP}

What differs is looked at again, until it agrees or persists. It is drift where
two looks, --settle apart, have shown the same, and nothing was handled in
between that could have moved it; of a document, only where the search queue was
seen empty meanwhile. So --settle must be longer than the worker's delay, which
OldestChangeAge tells. Counts have no version: those that differ take two more
passes over the rows. What goes on changing is undecided.

  missing   it must be there, and is not
  extra     it is there, and must not be
  stale     it says something else than its row now gives
  wrong     a count that is not the sum, a pointer to the wrong row, a derived
            row that says it is another's

Of a row that the definition refuses nothing is expected. Effects are not
compared: nobody knows what such code did. With --sample, the whole table is
read all the same, as no key is drawn fairly otherwise; nothing is said of
counts, and of what no row gives.

With --repair, what is found is mended while changes go on, looked at again, and
reported as mended, or as left with the reason. What is derived of a row by one
derivation is brought into line with the row as it is now, behind the fences of
the worker, as by contrail backfill. A count that what is noted as counted
contradicts is set right on condition that it is as it was seen. What must not
be there is deleted only where extra is named, as in the last example below.
First see what contrail verify says is extra: with a wrong definition, or an
index that others fill too, that is what should stay. Documents go through the
search queue: on AWS, contrail index or the indexer must be running; on
PostgreSQL, they are brought into the index here. Effects are not run.

Once nothing differs any more, with neither --only nor --sample, the gaps of
contrail consume are closed that were noted before it began.

It takes a consistent scan of the table, and a consistent read for each state
and each derived row.

The report goes to standard output, or to standard error with --metrics. The
exit status is 0 when nothing differs, or no more; 1 for drift, with --repair
for drift that is left; and 2 where something could not be told, for wrong
usage, or wrong configuration.

Environment: that of the worker (BACKEND, TABLE_NAME, STATE_TABLE_NAME,
TYPESENSE_QUEUE_URL, DATABASE_URL and so on), and that of the indexer
(TYPESENSE_URL and its key, or SEARCH_FOLDER) on AWS; LOG_LEVEL (silent, error,
warn, info, debug; default info).

Examples:
  contrail verify
  contrail verify --only order_search --show
  contrail verify --sample 10000 --report json
  contrail verify --repair
  contrail verify --repair=missing,stale,wrong,extra`,
  )
  .action(async (options: VerifyCommandOptions) => {
    const { runVerify } = await import('./run-verify.ts');
    await runVerify(options);
  });

/** Reads `--repair`. */
function driftKinds(text: string): readonly DriftKind[] {
  const named = new Set(text.split(',').map((kind) => kind.trim()));
  const kinds = DRIFT_KINDS.filter((kind) => named.has(kind));
  if (kinds.length === named.size) return kinds;
  throw new InvalidArgumentError(`Expected some of ${DRIFT_KINDS.join(', ')}, with commas between them.`);
}

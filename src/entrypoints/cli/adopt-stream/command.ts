import { Command } from 'commander';
import { tableArnOf } from '../../../adapters/dynamodb-stream/stream-arn.ts';
import type { Adoption } from '../../../application/ports/table-generations.ts';
import { Fault } from '../../../domain/fault.ts';
import { readStateConfig } from '../../config.ts';
import { integer } from '../options.ts';
import { whereItIs } from '../where-it-is.ts';

export const adoptStreamCommand = new Command('adopt-stream')
  .summary('make another table the one whose stream is followed')
  .description(
    `Declares that a table takes over from the one whose streams the worker follows:
the same table in another region, a migrated table, or the old one again after a
rollback. Until then its changes are refused, because nothing says whether they
are newer. Streams of one table need no adoption: their labels order them.

Disable the event source mapping of the old table's stream first, and enable the
new one's afterwards.

A new or restored state table knows less than has been derived: then --generation
makes the table newer than all of that, even if it is followed already. Choose N
above the highest generation in search messages, link states and earlier output
of this command; gaps do no harm.`,
  )
  .argument('<arn>', 'the ARN of the table, or of its stream')
  .option('--generation <n>', 'give it this generation, above the newest one known', integer(1))
  .addHelpText(
    'after',
    `
Safe to repeat: a table that is the newest already stays what it is, unless
another generation is asked for.

The exit status is 0 when the table is followed, 1 when the state table could
not be read or written, and 2 for wrong usage or configuration.

Environment: STATE_TABLE_NAME, and the SDK's own: AWS_REGION, credentials,
AWS_ENDPOINT_URL_DYNAMODB; with BACKEND=postgres, DATABASE_URL.

Example:
  STATE_TABLE_NAME=contrail-state contrail adopt-stream \\
    arn:aws:dynamodb:us-east-1:123456789012:table/aircraft`,
  )
  .action(async (arn: string, options: { readonly generation?: number }) => {
    const tableArn = tableArnOf(arn);
    const config = readStateConfig(process.env);
    if (config.kind === 'memory')
      throw new Fault(
        'configuration',
        'with BACKEND=memory nothing outlives the process, so a table cannot be adopted. ' +
          'For recordings of several tables: contrail replay --follow OLD_ARN,NEW_ARN FILE…; for a deployed worker, ' +
          'unset BACKEND and set STATE_TABLE_NAME to its state table',
      );
    const { withStateStore } = await import('../../composition/state-store.ts');
    const adoption = await whereItIs(() =>
      withStateStore(config, ({ generations }) => generations.adopt(tableArn, options)),
    );
    process.stdout.write(textOf(tableArn, adoption));
  });

function textOf(tableArn: string, { generation, previous, changed }: Adoption): string {
  const old =
    previous === undefined || previous === tableArn
      ? "any other table's stream"
      : `the stream of ${previous}`;
  return `${tableArn}
${changed ? 'is followed from now on' : 'is followed already'}, as generation ${generation}.
${aboutBefore(tableArn, { previous, changed })}

What to do next, ${changed ? '' : 'if not done yet, '}in this order:
1. Make sure that the event source mapping of ${old} is disabled:
   aws lambda update-event-source-mapping --no-enabled --uuid UUID
2. Wait ten seconds: until then a running function may still treat this table as
   before.
3. Enable the mapping of this table's stream. Start at TRIM_HORIZON, or before the
   moment of the switch: changes that neither mapping reads are lost.
   aws lambda update-event-source-mapping --enabled --uuid UUID
4. Redeliver what Lambda gave up while the stream was refused.
`;
}

function aboutBefore(tableArn: string, { previous, changed }: Omit<Adoption, 'generation'>): string {
  if (!changed) return 'Nothing has changed: perhaps an earlier run did it.';
  if (previous === undefined) return 'No table was noted before.';
  if (previous === tableArn)
    return 'It had an older one before: now all its changes are newer than everything derived.';
  return `Before it, ${previous} was followed. Whatever still arrives from that one counts as older.`;
}

import { Command, Option } from 'commander';
import { DEFINITION_HELP, definitionOption } from '../definition-option.ts';
import type { PlanCommandOptions } from './run-plan.ts';

export const planCommand = new Command('plan')
  .summary('say which derivations are to be filled, and which are gone')
  .description(
    `Compares the definition with what is noted of it since each derivation was last
filled, and says what is to be done. Changes nothing.`,
  )
  .addOption(definitionOption())
  .addOption(
    new Option('--backend <name>', 'where derived state is; BACKEND unless given').choices([
      'aws',
      'postgres',
    ]),
  )
  .addOption(new Option('--report <form>', 'how to report').choices(['text', 'json']).default('text'))
  .addHelpText(
    'after',
    `
${DEFINITION_HELP}

A complete contrail backfill notes a hash of what each derivation says. By that,
a derivation is

  new         no backfill of it was ever complete: backfill it
  changed     it says something else than what was filled last: backfill it
  filled      it says the same
  gone        the definition has it no more: contrail purge removes what it left
  on changes  an effect without { backfill: true }: there is nothing to fill

The hash is of the row's key, and all that the derivation says: functions by
their source text as it was loaded, so that another comment in one counts as a
change. It cannot see what a function takes from around it (a constant, an
import), nor what a schema asks for: after changes of those, backfill by name.

What work takes is estimated from the table's size, as if all rows were of the
kind that something is derived from: reads and writes are units of DynamoDB, or
rows on PostgreSQL.

The exit status is 0 when nothing is to be done, 1 when something is, and 2 for
wrong usage or configuration.

Environment: that of the worker (BACKEND, TABLE_NAME, STATE_TABLE_NAME,
TYPESENSE_QUEUE_URL, DATABASE_URL and so on); LOG_LEVEL (silent, error, warn,
info, debug; default info).

Examples:
  contrail plan
  contrail plan --report json`,
  )
  .action(async (options: PlanCommandOptions) => {
    const { runPlan } = await import('./run-plan.ts');
    await runPlan(options);
  });

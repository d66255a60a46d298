import { Command, InvalidArgumentError, Option } from 'commander';
import { streamArn } from '../replay/streams.ts';
import type { GapsCommandOptions } from './run-gaps.ts';

export const gapsCommand = new Command('gaps')
  .summary('list what was lost of a stream, and close it once it is repaired')
  .description(
    `Lists the gaps that contrail consume has noted of a table's streams: changes that had
left them before they were read. Each is reported until it is closed.`,
  )
  .option('--table <name>', 'the table, by its name or ARN; TABLE_NAME unless given')
  .option('--stream-arn <arn>', 'one of its streams: where it was read by --stream-arn', streamArn)
  .addOption(
    new Option('--backend <name>', 'where gaps are noted; BACKEND unless given').choices(['aws', 'postgres']),
  )
  .option('--name <name>', 'of a reader of your own (createReader) that has this name')
  .option('--state <folder>', 'where they are noted: of contrail consume --state, which must have ended')
  .option('--close-before <time>', 'close those that were noted before this time', pastTime)
  .addOption(new Option('--report <form>', 'how to report').choices(['text', 'json']).default('text'))
  .addHelpText(
    'after',
    `
To close gaps, run contrail verify --repair=missing,stale,wrong,extra: it brings
what is derived into line with the rows as they are, and closes those that were
noted before it began, once nothing differs. Where you do so otherwise, list
them first, and then give --close-before the time that the list said: a gap that
is noted meanwhile, or grows, stays open. It is that of the last one, by the
stream's clock: this machine's may be another. Safe to repeat.

The exit status is 0 when no gap is open, 1 when some are, or what is noted of
them could not be read or written, and 2 for wrong usage or configuration.

Environment: STATE_TABLE_NAME, TABLE_NAME, and the SDK's own: AWS_REGION,
credentials, AWS_ENDPOINT_URL_DYNAMODB; with BACKEND=postgres, DATABASE_URL.

Examples:
  contrail gaps --table orders
  contrail gaps --table orders --close-before 2026-01-05T09:00:00Z`,
  )
  .action(async (options: GapsCommandOptions) => {
    const { runGaps } = await import('./run-gaps.ts');
    await runGaps(options);
  });

/** Reads `--close-before`: milliseconds since 1970. */
function pastTime(text: string): number {
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text);
  const time = isTime ? Date.parse(text) : NaN;
  if (Number.isNaN(time)) throw new InvalidArgumentError('Expected a time, as 2026-01-05T09:00:00Z.');
  if (time > Date.now())
    throw new InvalidArgumentError('That is still to come. Give the time at which the repair began.');
  return time;
}

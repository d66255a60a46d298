import { once } from 'node:events';
import { Command, InvalidArgumentError } from 'commander';
import { generateEvents } from '../../../feed/generate.ts';

interface GenerateOptions {
  readonly seed: number;
  readonly records: number;
  readonly batchSize: number;
  readonly fleet: number;
}

export const generateCommand = new Command('generate')
  .summary('write a feed of a made-up fleet’s changes')
  .description(
    `Writes a realistic fleet's changes as Lambda events, one event a line, to standard
output. The same options always give the same bytes.`,
  )
  .option('--seed <n>', 'decides everything that is chance', whole, 1)
  .option('--records <n>', 'how many records', whole, 1_000)
  .option('--batch-size <n>', 'records an event', positive, 100)
  .option('--fleet <n>', 'aircraft in the table at a time', positive, 500)
  .addHelpText('after', '\nExample:\n  contrail generate --seed 7 --records 100000 > feed.ndjson')
  .action(async (options: GenerateOptions) => {
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      // The reader has seen enough (`| head`): no failure.
      if (error.code === 'EPIPE') process.exit(0);
      throw error;
    });
    for (const event of generateEvents(options))
      if (!process.stdout.write(`${JSON.stringify(event)}\n`)) await once(process.stdout, 'drain');
  });

function whole(text: string): number {
  const number = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
  if (Number.isNaN(number)) throw new InvalidArgumentError('Expected a whole number.');
  return number;
}

function positive(text: string): number {
  const number = whole(text);
  if (number < 1) throw new InvalidArgumentError('Expected a whole number from 1.');
  return number;
}

import { Command } from 'commander';
import { generateEvents } from '../../../fleet/feed/generate.ts';
import { writePieces } from '../standard-streams.ts';
import { integer } from '../options.ts';

interface GenerateOptions {
  readonly seed: number;
  readonly records: number;
  readonly batchSize: number;
  readonly fleet: number;
}

export const generateCommand = new Command('generate')
  .summary('write the changes of a made-up fleet')
  .description(
    `Writes a realistic fleet's changes as Lambda events, one event per line, to standard
output. The same options always give the same bytes.`,
  )
  .option('--seed <n>', 'seed of all random choices', integer(0), 1)
  .option('--records <n>', 'how many records', integer(0), 1_000)
  .option('--batch-size <n>', 'records per event', integer(1), 100)
  .option('--fleet <n>', 'aircraft in the table at a time', integer(1), 500)
  .addHelpText('after', '\nExample:\n  contrail generate --seed 7 --records 100000 > feed.ndjson')
  .action(async (options: GenerateOptions) => {
    await writePieces(process.stdout, lines(generateEvents(options)));
  });

function* lines(events: Iterable<unknown>): Generator<string> {
  for (const event of events) yield `${JSON.stringify(event)}\n`;
}

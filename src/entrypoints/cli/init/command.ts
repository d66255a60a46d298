import { Command, Option } from 'commander';
import { integer, several } from '../options.ts';
import { wrong } from './choices.ts';
import type { InitOptions } from './run-init.ts';

const MOST_ROWS = 100_000;

export const initCommand = new Command('init')
  .summary("propose a definition from a table's rows, and write a new project")
  .description(
    `Looks at rows of a table, proposes what kinds there are by their keys and
attributes, and writes the files of a project: the definition, a test of it, the
Lambda function's handler, and what a deployment needs. The table is only read.`,
  )
  .argument('[file...]', 'recorded changes, exports or scans; see below')
  .option('--table <name>', 'read this table instead of files')
  .option('--sample <n>', 'how many rows to look at', integer(1, MOST_ROWS), 2_000)
  .option('--keys <names>', "the table's key, PARTITION or PARTITION,SORT, where files do not tell", keyNames)
  .option('--kind <name>', 'take this kind, NAME or NAME=NEW; may be repeated', several, [])
  .option('--search <kind>', 'make a kind searchable; may be repeated', several, [])
  .option('--count <kind:by>', 'count a kind by attributes; may be repeated', several, [])
  .option('--out <folder>', 'where to write', '.')
  .option('--force', 'write over files that are there', false)
  .option('--yes', 'ask nothing', false)
  .addOption(new Option('--report <form>', 'how to report').choices(['text', 'json']).default('text'))
  .addHelpText(
    'after',
    `
Files are any that contrail replay reads, an export to S3 in DYNAMODB_JSON (its
data files, or their folder), or what "aws dynamodb scan" prints; each may be
compressed with gzip, and - is standard input.

On a terminal it asks which kinds to take, what to call them, and what to derive
from them; with --yes, --kind, --search, --count, --report json, or without a
terminal it asks nothing. Without --search and --count nothing is derived yet:
the definition has an example. Values of attributes are never printed, but for
some keys of rows that fit no pattern, which stand in the definition too; words
that many rows have in common stand in the types that are written.

To read a table takes dynamodb:DescribeTable and dynamodb:Scan on it. A sample
is what it costs: half a read unit for each 4 KB of rows.

Files that are there are written over only with --force; package.json and
tsconfig.json never.

The exit status is 0 when all is done, 1 when a part of the files could not be
read or written, and 2 for wrong usage, a table or files that cannot be read, or
no rows.

Environment: the SDK's own: AWS_REGION, credentials, AWS_ENDPOINT_URL_DYNAMODB.

Examples:
  contrail init --table orders --out orders-derived
  contrail init changes.ndjson --yes --search order --count order:status
  aws dynamodb scan --table-name orders --max-items 2000 | contrail init -`,
  )
  .action(async (files: string[], options: InitOptions) => {
    const { runInit } = await import('./run-init.ts');
    await runInit(files, options);
  });

/** Reads `--keys`. */
function keyNames(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.length <= 2 && !names.includes('') && new Set(names).size === names.length) return names;
  throw wrong(`--keys is ${JSON.stringify(text)}; expected PARTITION or PARTITION,SORT`);
}

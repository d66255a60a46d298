import { Command, Option } from 'commander';
import { propose } from '../../../application/propose/propose.ts';
import type { Proposal } from '../../../application/propose/proposal.ts';
import { Fault } from '../../../domain/fault.ts';
import { FAILED } from '../exit-status.ts';
import { integer } from '../options.ts';
import { openSources, totalSize } from '../sources.ts';
import { askedChoices, withTerminal } from './ask.ts';
import { type Choices, countChoice, kindChoices, wrong } from './choices.ts';
import { planOf } from './plan.ts';
import { ReadingProgress } from './progress.ts';
import { filesIn, readFiles } from './read-files.ts';
import { readTable } from './read-table.ts';
import { jsonReport, textReport } from './report.ts';
import type { Sampled } from './sampled.ts';
import { filesOf } from './write/files.ts';
import { refuseExisting, writeProject } from './write/project-files.ts';

interface InitOptions {
  readonly table?: string;
  readonly sample: number;
  readonly keys?: readonly string[];
  readonly kind: readonly string[];
  readonly search: readonly string[];
  readonly count: readonly string[];
  readonly out: string;
  readonly force: boolean;
  readonly yes: boolean;
  readonly report: 'text' | 'json';
}

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
the definition has an example. Values of attributes are never printed; words
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
  .action(runInit);

async function runInit(files: string[], options: InitOptions): Promise<void> {
  if ((options.table === undefined) === (files.length === 0))
    throw wrong('name a table with --table, or files to read, and not both');
  if (options.table !== undefined && options.keys !== undefined)
    throw wrong('--keys is for files: a table says itself what its key is');
  const counts = options.count.map(countChoice);
  if (!options.force) await refuseExisting(options.out);
  const sampled = await readRows(files, options);
  const proposal = propose(sampled, sampled.table);
  if (proposal.kinds.length === 0)
    throw new Fault(
      'configuration',
      `none of the ${proposal.rows} rows has a key that fits a pattern: write the definition by hand`,
    );
  const choices = isAsking(files, options)
    ? await withTerminal((ask, say) => askedChoices(proposal, ask, say))
    : choicesOf(options, counts, proposal);
  const plan = planOf(proposal, choices);
  const all = filesOf(options.out, plan, proposal, sampled);
  const written = await writeProject(options.out, all, options.force);
  if (sampled.problems.length > 0) process.exitCode = FAILED;
  const report = options.report === 'json' ? jsonReport : textReport;
  process.stdout.write(report({ sampled, proposal, plan, folder: options.out, written }));
}

async function readRows(files: readonly string[], { table, sample, keys }: InitOptions): Promise<Sampled> {
  if (table !== undefined) {
    const progress = new ReadingProgress(process.stderr, sample);
    try {
      return await readTable(table, sample, (rows) => progress.update(rows, rows));
    } finally {
      progress.stop();
    }
  }
  const sources = await openSources(await filesIn(files));
  const progress = new ReadingProgress(process.stderr, totalSize(sources));
  try {
    return await readFiles(sources, {
      ...{ sample, keys },
      onProgress: (bytes, rows) => progress.update(bytes, rows),
    });
  } finally {
    progress.stop();
  }
}

/** Whether there is somebody to ask, and anything to ask them. */
function isAsking(files: readonly string[], { yes, report, kind, search, count }: InitOptions): boolean {
  const isTerminal = process.stdin.isTTY && process.stderr.isTTY;
  const isTold = yes || report === 'json' || kind.length + search.length + count.length > 0;
  return isTerminal && !isTold && !files.includes('-');
}

function choicesOf({ kind, search }: InitOptions, counts: Choices['counts'], proposal: Proposal): Choices {
  return { kinds: kindChoices(kind, proposal), search, counts };
}

/** For commander: an option that may be given several times. */
function several(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}

/** Reads `--keys`. */
function keyNames(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.length <= 2 && !names.includes('') && new Set(names).size === names.length) return names;
  throw wrong(`--keys is ${JSON.stringify(text)}; expected PARTITION or PARTITION,SORT`);
}

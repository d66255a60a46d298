import { propose } from '../../../application/propose/propose.ts';
import type { Proposal } from '../../../application/propose/proposal.ts';
import { Fault } from '../../../domain/fault.ts';
import { FAILED } from '../exit-status.ts';
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
import { refuseExisting, refuseNoFolder, writeProject } from './write/project-files.ts';

export interface InitOptions {
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

/** Reads rows, asks where there is somebody to ask, and writes the project. Sets the exit status. */
export async function runInit(files: string[], options: InitOptions): Promise<void> {
  if ((options.table === undefined) === (files.length === 0))
    throw wrong('name a table with --table, or files to read, and not both');
  if (options.table !== undefined && options.keys !== undefined)
    throw wrong('--keys is for files: a table says itself what its key is');
  const counts = options.count.map(countChoice);
  await refuseNoFolder(options.out);
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
  const project = await writeProject(options.out, all, options.force);
  if (sampled.problems.length > 0) process.exitCode = FAILED;
  const report = options.report === 'json' ? jsonReport : textReport;
  process.stdout.write(report({ sampled, proposal, plan, folder: options.out, ...project }));
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

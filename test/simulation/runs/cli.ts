import { Command, Option } from 'commander';
import { groupBy } from '../../../src/domain/coalesce.ts';
import { FAILED } from '../../../src/entrypoints/cli/exit-status.ts';
import { runCommand } from '../../../src/entrypoints/cli/run-command.ts';
import { integer } from '../../../src/entrypoints/cli/options.ts';
import { subjectNamed } from '../subjects/in-file.ts';
import { explain } from '../../../src/simulation/runs/explain.ts';
import { loadMutant, mutantNames } from './mutants.ts';
import { runSeed, type RunOptions } from '../../../src/simulation/runs/run-seed.ts';
import { simulate } from './simulate.ts';
import type { Tally } from '../../../src/simulation/world/tally.ts';

interface Options {
  readonly seeds: number;
  readonly from: number;
  readonly jobs?: number;
  readonly trace?: true;
  readonly mutant?: string;
  readonly definition?: string;
  readonly read?: NonNullable<RunOptions['read']>;
  readonly commands?: 'yes' | 'no';
}

/** Failing seeds that are made small and printed; the others are only named. */
const EXPLAINED = 1;
const STOP_AFTER = 100;

const program = new Command('simulate')
  .description(
    'Runs the worker in modelled worlds, each decided by a seed, and checks what must always hold.',
  )
  .option('--seeds <n>', 'how many seeds', integer(1), 1_000)
  .option('--from <seed>', 'the first seed', integer(0), 1)
  .option('--jobs <n>', 'threads; as many as there are processors by default', integer(1))
  .option('--trace', 'print everything that happens; for one or few seeds')
  .addOption(new Option('--mutant <name>', 'run with a known mistake').choices(mutantNames()))
  .option('--definition <file>', 'a file with a definition; or fleet, shop, random')
  .addOption(
    new Option('--read <who>', 'who reads the stream; each seed decides by default').choices([
      'lambda',
      'processes',
    ]),
  )
  .addOption(
    new Option(
      '--commands <whether>',
      "whether an operator's commands run; each seed decides by default",
    ).choices(['yes', 'no']),
  )
  .addHelpText(
    'after',
    `
The exit status is 0 when nothing was violated, 1 when something was, and 2 for
wrong usage.`,
  )
  .action(run);

async function run(options: Options): Promise<void> {
  const { seeds, from, mutant, read: wanted } = options;
  const known = mutant === undefined ? undefined : await loadMutant(mutant);
  const { variant, of = 'fleet', read = wanted } = known ?? {};
  const commands =
    known?.commands ?? (options.commands === undefined ? undefined : options.commands === 'yes');
  const { definition = of } = options;
  const variantOption = {
    subject: await subjectNamed(definition),
    ...(variant === undefined ? {} : { variant }),
    ...(read === undefined ? {} : { read }),
    ...(commands === undefined ? {} : { commands }),
  };
  if (options.trace) {
    for (let seed = from; seed < from + seeds; seed++)
      await traceSeed(seed, variantOption, again(seed, options, definition));
    return;
  }

  // However the process ends, the terminal's next line is its own.
  const endLine = () => process.stderr.isTTY && process.stderr.write('\n');
  process.once('exit', endLine);
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const tally = await simulate({
    from,
    seeds,
    ...(options.jobs === undefined ? {} : { jobs: options.jobs }),
    ...(mutant === undefined ? {} : { mutant }),
    definition,
    ...(read === undefined ? {} : { read }),
    ...(commands === undefined ? {} : { commands }),
    stopAfterFailures: STOP_AFTER,
    onProgress: (so) => {
      // A terminal's line is written over; a file gets few.
      if (!process.stderr.isTTY && so.seeds % 5_000 !== 0) return;
      const progress = `${so.seeds} of ${seeds} seeds, ${Math.round(so.seeds / seconds())} a second, ${so.failures.length} failed`;
      process.stderr.write(process.stderr.isTTY ? `\r${progress} ` : `${progress}\n`);
    },
  });
  endLine();
  process.off('exit', endLine);
  if (tally.failures.length > 0) process.exitCode = FAILED;
  process.stdout.write(`${summary(tally, seconds())}\n`);
  for (const { seed } of tally.failures.slice(0, EXPLAINED))
    process.stdout.write(`\n${await explain(seed, variantOption, again(seed, options, definition))}\n`);
}

async function traceSeed(
  seed: number,
  options: Pick<RunOptions, 'subject' | 'variant' | 'read' | 'commands'>,
  againBy: string,
): Promise<void> {
  const { violation, settings } = await runSeed(seed, {
    ...options,
    trace: (line) => process.stdout.write(`${line}\n`),
  });
  process.stdout.write(`the world: ${JSON.stringify(settings)}\n`);
  if (violation === undefined) {
    process.stdout.write(`seed ${seed}: nothing is violated\n`);
    return;
  }
  process.exitCode = FAILED;
  process.stdout.write(`\n${await explain(seed, options, againBy)}\n`);
}

function again(seed: number, { mutant, read, commands }: Options, definition: string): string {
  const of = definition === 'fleet' ? '' : ` --definition ${definition}`;
  const by =
    (read === undefined ? '' : ` --read ${read}`) + (commands === undefined ? '' : ` --commands ${commands}`);
  return `npm run simulate -- --seeds 1 --from ${seed} --trace${of}${by}${mutant === undefined ? '' : ` --mutant ${mutant}`}`;
}

function summary(
  { seeds, events, invocations, records, happened, failures }: Tally,
  seconds: number,
): string {
  const counts = Object.entries(happened)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([what, count]) => `  ${what}: ${count}`);
  const byInvariant = groupBy(failures, ({ invariant }) => invariant);
  return [
    `${seeds} seeds in ${seconds.toFixed(1)} s, ${Math.round(seeds / seconds)} a second`,
    `${events} events, ${invocations} invocations, ${records} records`,
    'what happened:',
    ...counts,
    failures.length === 0 ? 'no seed failed' : `${failures.length} seeds failed:`,
    ...[...byInvariant].map(
      ([invariant, list]) =>
        `  ${invariant}: ${list
          .map(({ seed }) => seed)
          .slice(0, 10)
          .join(' ')}`,
    ),
  ].join('\n');
}

await runCommand(program);

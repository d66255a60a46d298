import { readFileSync } from 'node:fs';
import { SingleBar } from 'cli-progress';
import { Command, InvalidArgumentError, Option } from 'commander';
import { Fault } from '../../../domain/fault.ts';
import { wordsOf } from '../../../domain/row-view.ts';
import { isObject } from '../../../domain/json.ts';
import {
  type SimulateOptions,
  SimulationError,
  type SimulationReport,
  simulate,
} from '../../../simulation/simulate.ts';
import type { UniqueParts } from '../../../simulation/rows/unique-parts.ts';
import { askedDefinition } from '../asked-definition.ts';
import { DEFINITION_HELP, definitionOption } from '../definition-option.ts';
import { FAILED } from '../exit-status.ts';
import { integer } from '../options.ts';
import { sayingWhoExits } from '../own-exit.ts';

interface SimulateCommandOptions {
  readonly definition?: string;
  readonly seeds: number;
  readonly from: number;
  readonly rows?: string;
  readonly unique: UniqueParts;
  readonly report: 'text' | 'json';
}

export const simulateCommand = new Command('simulate')
  .summary('run a definition in modelled worlds in which everything fails')
  .description(
    `Runs the worker with the definition in modelled worlds, each decided by a seed: a
table and its stream, Lambda, several workers, crashes, faults before and after
every call, redeliveries, poison. In each, all that is derived must be right in
the end, and what must never happen must not have happened. Says first what is
wrong with the definition itself: functions that are not pure, rows that share
a document or a derived row. The code of effects is not called.`,
  )
  .addOption(definitionOption())
  .option('--seeds <n>', 'how many worlds', integer(1), 100)
  .option('--from <seed>', 'the seed of the first one', integer(0), 1)
  .option('--rows <file>', 'JSON: samples of rows, by the names of their kinds')
  .option('--unique <kind:parts>', 'parts that no two rows of a kind share; may be repeated', uniqueParts, {})
  .addOption(new Option('--report <form>', 'how to report').choices(['text', 'json']).default('text'))
  .addHelpText(
    'after',
    `
${DEFINITION_HELP}

Rows are made up, unless --rows gives some: { "order": [{ "status": "paid" }] },
without the attributes of the key. Any two rows may share parts of their keys,
unless --unique says otherwise: --unique message:id.

The exit status is 0 when all held, 1 when something did not, and 2 for wrong
usage or configuration.

Examples:
  contrail simulate --seeds 1000
  contrail simulate --definition shop.config.ts --rows rows.json`,
  )
  .action(runSimulate);

async function runSimulate({
  definition: file,
  seeds,
  from,
  rows,
  unique,
  report,
}: SimulateCommandOptions): Promise<void> {
  const { definition } = await askedDefinition(file);
  const samples = rows === undefined ? {} : { rows: samplesIn(rows) };
  const of = file === undefined ? '' : ` --definition ${file}`;
  const others = [
    ...(rows === undefined ? [] : [` --rows ${rows}`]),
    ...Object.entries(unique).map(([kind, parts]) => ` --unique ${kind}:${parts.join()}`),
  ];
  const bar = progressBar(seeds);
  const started = performance.now();
  try {
    const result = await sayingWhoExits('contrail', 'nothing is reported', () =>
      simulate(definition, {
        ...{ seeds, from, unique, ...samples },
        again: (seed) => `contrail simulate${of} --seeds 1 --from ${seed}${others.join('')}`,
        onProgress: (progress) => bar?.update(progress.seeds),
      }),
    );
    bar?.stop();
    process.stdout.write(
      report === 'json'
        ? `${JSON.stringify({ ok: true, ...result }, undefined, 2)}\n`
        : textOf(result, (performance.now() - started) / 1000),
    );
  } catch (error) {
    bar?.stop();
    if (!(error instanceof SimulationError)) throw error;
    process.exitCode = FAILED;
    const { message, seed, invariant } = error;
    process.stdout.write(
      report === 'json'
        ? `${JSON.stringify({ ok: false, seed, invariant, message }, undefined, 2)}\n`
        : `${message}\n`,
    );
  }
}

function uniqueParts(text: string, before: UniqueParts): UniqueParts {
  const [kind = '', parts = ''] = text.split(/:(.*)/s);
  if (kind === '' || parts === '') throw new InvalidArgumentError('expected KIND:PART or KIND:PART,PART');
  return { ...before, [kind]: parts.split(',') };
}

function progressBar(seeds: number): SingleBar | undefined {
  if (!process.stderr.isTTY) return undefined;
  const bar = new SingleBar({
    format: 'simulating {bar} {value} of {total} worlds | {eta_formatted} left',
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
    gracefulExit: false,
  });
  process.once('exit', () => {
    bar.stop();
  });
  bar.start(seeds, 0);
  return bar;
}

function samplesIn(file: string): NonNullable<SimulateOptions['rows']> {
  const wrong = (problem: string, cause?: unknown) =>
    new Fault('configuration', `--rows ${file}: ${problem}`, cause === undefined ? {} : { cause });
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw wrong(wordsOf(error), error);
  }
  if (!isObject(parsed)) throw wrong('it must be an object of arrays of rows, by the names of their kinds');
  return parsed as NonNullable<SimulateOptions['rows']>;
}

function textOf({ seeds, records, invocations, happened }: SimulationReport, seconds: number): string {
  const faults = Object.entries(happened)
    .filter(([what]) => what.startsWith('fault in '))
    .reduce((sum, [, count]) => sum + count, 0);
  const times = (what: string) => happened[what] ?? 0;
  return `${seeds} worlds in ${seconds.toFixed(1)} s: everything held
${records} changes in ${invocations} batches, ${faults} calls that failed or were late, ${times('event: crash')} crashes,
${times('batch redriven')} batches redriven, ${times('record put in quarantine')} records in quarantine, ${times('effect run')} runs of effects
`;
}

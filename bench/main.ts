import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { endOnSignals } from '../src/entrypoints/cli/signals.ts';
import { watchStandardStreams } from '../src/entrypoints/cli/standard-streams.ts';
import type { LocalComparison } from './measures/local.ts';
import { FULL, SMOKE } from './plan.ts';
import { spread } from './report/figures.ts';
import { goalsOf } from './report/goals.ts';
import { indexerGoalsOf } from './report/indexer-goals.ts';
import { machine } from './report/machine.ts';
import { plotsOf } from './report/plots.ts';
import * as text from './report/text.ts';

watchStandardStreams('bench');
endOnSignals();
// The peer's SDK (the second) asks for both when it is loaded; nothing is ever sent with them.
Object.assign(process.env, {
  AWS_ACCESS_KEY_ID: 'MODEL',
  AWS_SECRET_ACCESS_KEY: 'MODEL',
  AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE: '1',
});
const { measureBatches, measureGrowth, measureTail } = await import('./measures/batches.ts');
const { Children } = await import('./measures/children.ts');
const { measureColdStarts } = await import('./measures/cold-start.ts');
const { measureCounts } = await import('./measures/counts.ts');
const { measureDerivations } = await import('./measures/derivations.ts');
const { measureEngine, measureStages } = await import('./measures/engine.ts');
const { Functions } = await import('./measures/functions.ts');
const { measureHotTuple } = await import('./measures/hot-tuple.ts');
const { measureIndexer } = await import('./measures/indexer.ts');
const { measureLocal } = await import('./measures/local.ts');
const { measureMemory } = await import('./measures/memory.ts');
const { measureSmallFunction } = await import('./measures/small-function.ts');

/** The project's: this file runs as bench/dist/bench/main.js. */
const ROOT = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');
const PARTS = [
  'counts',
  'cold-start',
  'engine',
  'batches',
  'small',
  'hot-tuple',
  'derivations',
  'indexer',
  'memory',
  'local',
] as const;
const USAGE = `usage: npm run bench -- [--smoke] [--only PART,…]\nparts: ${PARTS.join(', ')}\n`;

const { smoke, only } = options();
const plan = smoke ? SMOKE : FULL;
const started = performance.now();
const where = machine();
say('machine', text.machineLine(where));

const scratch = await mkdtemp(join(tmpdir(), 'contrail-bench-'));
const children = await Children.make(ROOT);
const functions = await Functions.make(ROOT, scratch);

const counts = wanted('counts') ? await measureCounts(plan) : [];
if (counts.length > 0) process.stdout.write(`${text.countsTable(counts)}\n`);
const coldStarts = wanted('cold-start') ? await measureColdStarts(functions, plan) : [];
for (const one of coldStarts) say('start', text.coldStartLine(one));
const engine = wanted('engine')
  ? await measureEngine(children, plan, (one) => say('engine', text.comparisonLine(one)))
  : [];
const stages = wanted('engine') ? await measureStages(children, plan) : undefined;
if (stages) say('stages', text.stagesLine(stages));
const batches = wanted('batches')
  ? await measureBatches(children, plan, scratch, (one) => say('batches', text.batchLine(one)))
  : [];
const growth = wanted('batches') ? await measureGrowth(children, plan, scratch) : undefined;
if (growth) say('growth', text.comparisonLine(growth));
const tail = wanted('batches') ? await measureTail(children, plan, scratch) : undefined;
if (tail) say('tail', `p99 of a batch against its p50: ${spread(tail)}`);
const small = wanted('small') ? await measureSmallFunction(children, functions, plan, scratch) : undefined;
if (small) say('small', text.smallLine(small));
const hotTuple = wanted('hot-tuple') ? await measureHotTuple(children, plan, scratch) : [];
for (const one of hotTuple) say('hot', text.hotTupleLine(one));
const derivations = wanted('derivations') ? await measureDerivations(children, plan) : [];
for (const one of derivations) say('several', text.derivationsLine(one));
const indexer = wanted('indexer') ? await measureIndexer(children, plan) : undefined;
if (indexer) for (const line of text.indexerLines(indexer)) say('indexer', line);
const memory = wanted('memory')
  ? await measureMemory(children, plan, scratch, (one) => say('memory', text.memoryLine(one)))
  : [];
const local = wanted('local') ? await measureLocal(plan) : [];
if (typeof local === 'string') say('servers', `skipped: ${local}`);
else for (const one of local) say('servers', text.localLine(one));
await rm(scratch, { recursive: true, force: true });

const measured = { counts, batches, growth, tail, engine, memory, coldStarts, small, hotTuple };
const goals = goalsOf(measured, plan);
const indexerGoals = indexer === undefined ? [] : indexerGoalsOf(indexer, plan.indexer);
if (smoke) process.stdout.write('\na smoke run: everything runs; the figures are meaningless\n');
else
  for (const some of [goals, indexerGoals])
    if (some.length > 0) process.stdout.write(`\n${text.goalTable(some)}\n\n`);

const folder = await resultsFolder();
const results: { local: readonly LocalComparison[] | string } & Record<string, unknown> = {
  machine: where,
  plan,
  goals,
  ...measured,
  stages,
  derivations,
  indexer: indexer && { goals: indexerGoals, ...indexer },
  local,
};
await writeFile(join(folder, 'results.json'), `${JSON.stringify(results, undefined, 2)}\n`);
await mkdir(join(folder, 'plots'), { recursive: true });
for (const [name, svg] of Object.entries(plotsOf(measured)))
  await writeFile(join(folder, 'plots', name), svg);
const seconds = Math.round((performance.now() - started) / 1000);
process.stdout.write(`${seconds} s; results.json and plots/ are in ${folder}\n`);
process.exit(0);

function options(): { smoke: boolean; only: readonly string[] } {
  try {
    const { values } = parseArgs({
      options: { smoke: { type: 'boolean' }, only: { type: 'string' }, help: { type: 'boolean' } },
    });
    if (values.help) {
      process.stdout.write(USAGE);
      process.exit(0);
    }
    const parts = values.only?.split(',') ?? PARTS;
    const unknown = parts.find((part) => !(PARTS as readonly string[]).includes(part));
    if (unknown !== undefined) throw new Error(`unknown part ${unknown}`);
    return { smoke: values.smoke ?? false, only: parts };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}`);
    process.exit(2);
  }
}

function wanted(part: (typeof PARTS)[number]): boolean {
  return only.includes(part);
}

function say(part: string, line: string): void {
  process.stdout.write(`${part.padEnd(8)} ${line}\n`);
}

/** What the README shows is of a whole run only. */
async function resultsFolder(): Promise<string> {
  const whole = !smoke && only.length === PARTS.length;
  return whole ? join(ROOT, 'bench') : mkdtemp(join(tmpdir(), 'contrail-bench-'));
}

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { endOnSignals } from '../src/entrypoints/cli/signals.ts';
import { watchStandardStreams } from '../src/entrypoints/cli/standard-streams.ts';
import { FULL, SMOKE } from './plan.ts';
import { publish, writeResults } from './publish/publish.ts';
import { type Part, PARTS, readResults, type Results, resultsOf } from './publish/results.ts';
import { spread } from './report/figures.ts';
import { machine } from './report/machine.ts';
import { goalTable } from './report/markdown.ts';
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
const { measureFill } = await import('./measures/fill.ts');
const { Functions } = await import('./measures/functions.ts');
const { measureHotTuple } = await import('./measures/hot-tuple.ts');
const { measureIndexer } = await import('./measures/indexer.ts');
const { measureLocal } = await import('./measures/local.ts');
const { measurePostgres } = await import('./measures/postgres.ts');
const { measureReader } = await import('./measures/reader.ts');
const { measureMemory } = await import('./measures/memory.ts');
const { measureWaiting } = await import('./measures/waiting.ts');
const { measureSmallFunction } = await import('./measures/small-function.ts');

/** The project's: this file runs as bench/dist/bench/main.js. */
const ROOT = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');
const USAGE = `usage: npm run bench -- [--smoke] [--only PART,…] [--publish [--from FILE] [--into FOLDER]]

--publish      writes what was measured into bench/results.json, bench/plots, docs/performance.md and README.md;
               with --only these parts, and all else stays as it is
--from FILE    measures nothing: FILE is the results.json of an earlier run
--into FOLDER  instead of the project, a folder with a copy of those files
parts: ${PARTS.join(', ')}
`;

const { smoke, only, isPublished, from, into } = options();
if (from !== undefined) {
  await publishOrEnd(readResults(await readFile(from, 'utf8')));
  process.exit(0);
}
const plan = smoke ? SMOKE : FULL;
const started = performance.now();
const where = machine();
say('machine', text.machineLine(where));

const scratch = await mkdtemp(join(tmpdir(), 'contrail-bench-'));
const children = await Children.make(ROOT);
const functions = await Functions.make(ROOT, scratch);

const counts = wanted('counts') ? await measureCounts(plan) : [];
if (counts.length > 0) process.stdout.write(`${text.countsTable(counts)}\n`);
const waiting = wanted('counts') ? await measureWaiting(plan) : undefined;
if (waiting) say('waiting', text.waitingLine(waiting));
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
const postgres = wanted('postgres')
  ? await measurePostgres(children, plan, scratch, (why) => say('postgres', `skipped: ${why}`))
  : [];
for (const one of postgres) for (const line of text.postgresLines(one)) say('postgres', line);
const reader = wanted('reader') ? await measureReader(children, plan) : undefined;
if (typeof reader === 'string') say('reader', `skipped: ${reader}`);
else if (reader) for (const line of text.readerLines(reader)) say('reader', line);
const fill = wanted('fill') ? await measureFill(children, plan) : undefined;
if (typeof fill === 'string') say('fill', `skipped: ${fill}`);
else if (fill) for (const line of text.fillLines(fill)) say('fill', line);
const memory = wanted('memory')
  ? await measureMemory(children, plan, scratch, (one) => say('memory', text.memoryLine(one)))
  : [];
const local = wanted('local') ? await measureLocal(plan) : [];
if (typeof local === 'string') say('servers', `skipped: ${local}`);
else for (const one of local) say('servers', text.localLine(one));
await rm(scratch, { recursive: true, force: true });

const results = resultsOf(
  [
    {
      parts: only,
      machine: where,
      seconds: Math.round((performance.now() - started) / 1000),
      isSmoke: smoke,
      plan,
    },
  ],
  {
    ...{ counts, batches, growth, tail, engine, memory, coldStarts, small, hotTuple },
    ...{ stages, waiting, derivations, indexer, postgres, local },
    reader: typeof reader === 'string' ? undefined : reader,
    fill: typeof fill === 'string' ? undefined : fill,
  },
);
if (smoke) process.stdout.write('\na smoke run: everything runs; the figures are meaningless\n');
else
  for (const some of [
    ...[results.goals, results.indexerGoals, results.postgresGoals],
    ...[results.readerGoals, results.fillGoals],
  ])
    if (some.length > 0) process.stdout.write(`\n${goalTable(some)}\n\n`);
const folder = await mkdtemp(join(tmpdir(), 'contrail-bench-'));
await writeResults(folder, results);
process.stdout.write(`${results.runs[0]?.seconds} s; results.json and plots/ are in ${folder}\n`);
if (isPublished) await publishOrEnd(results);
process.exit(0);

async function publishOrEnd(some: Results): Promise<void> {
  try {
    if (into === ROOT && some.runs.some(({ isSmoke }) => isSmoke))
      throw new Error('a smoke run has no figures to publish: give --into a copy to try it');
    await publish(into, some, only);
    process.stdout.write(`${only.join(', ')}: published in ${into}\n`);
  } catch (error) {
    process.stderr.write(`nothing was published: ${(error as Error).message}\n`);
    process.exit(1);
  }
}

function options() {
  try {
    const { values } = parseArgs({
      options: {
        smoke: { type: 'boolean' },
        only: { type: 'string' },
        publish: { type: 'boolean' },
        from: { type: 'string' },
        into: { type: 'string' },
        help: { type: 'boolean' },
      },
    });
    if (values.help) {
      process.stdout.write(USAGE);
      process.exit(0);
    }
    const named = values.only?.split(',') ?? PARTS;
    const unknown = named.find((part) => !(PARTS as readonly string[]).includes(part));
    if (unknown !== undefined) throw new Error(`unknown part ${unknown}`);
    if (!values.publish && (values.from ?? values.into) !== undefined)
      throw new Error('--from and --into say what is published, and where: add --publish');
    return {
      smoke: values.smoke ?? false,
      only: PARTS.filter((part) => named.includes(part)),
      isPublished: values.publish ?? false,
      from: values.from,
      into: values.into === undefined ? ROOT : resolve(values.into),
    };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}`);
    process.exit(2);
  }
}

function wanted(part: Part): boolean {
  return only.includes(part);
}

function say(part: string, line: string): void {
  process.stdout.write(`${part.padEnd(8)} ${line}\n`);
}

import { Meter } from '../model/meter.ts';
import { ModelledAws } from '../model/modelled-aws.ts';
import { tablesBefore } from '../model/world.ts';
import { contrail } from '../workers/contrail.ts';
import { derivations, onlyDerivation, orders } from '../workloads/derivations.ts';
import type { DerivationsRun, MeasuredDerivations } from './derivations.ts';
import { Bench } from './run-batch.ts';
import { spreadOf } from './statistics.ts';
import { warmUp } from './warm-up.ts';

const measured = JSON.parse(process.argv[2] ?? '') as MeasuredDerivations;
const { count, only, records, rounds } = measured;
const definition = only === undefined ? derivations(count) : onlyDerivation(only);
const made = orders(records);
const tables = await tablesBefore(made);
const make = (aws: ModelledAws) => contrail(aws, 'info', definition);
const collect = (globalThis as unknown as { gc: () => void }).gc;

const COLLECTIONS = 5;

const run: DerivationsRun = {
  ...(await counted()),
  processorMs: await processorMs(),
  peakBytes: await peakBytes(),
};
process.stdout.write(JSON.stringify(run), () => process.exit(0));

async function counted() {
  const aws = new ModelledAws();
  const worker = make(aws);
  aws.reset(tables.clone());
  // Which table it follows, a worker asks every ten seconds, and not for every batch.
  await worker.handle(made.batch.slice(0, 1));
  const meter = new Meter();
  aws.reset(tables.clone(), { meter });
  await worker.handle(made.batch);
  return { requests: aws.requestCount, dollarsPerMillion: meter.dollarsPerMillion / made.batch.length };
}

async function processorMs(): Promise<number> {
  const bench = new Bench((downstream) => contrail(downstream, 'info', definition));
  await warmUp(measured.warmUp, () => bench.run(tables, made.batch));
  const values: number[] = [];
  for (let n = 0; n < rounds; n++) values.push((await bench.run(tables, made.batch)).processorMs);
  return spreadOf(values).median;
}

/** The most that is reachable while a batch is handled, beyond what was before. */
async function peakBytes(): Promise<number> {
  const aws = new ModelledAws();
  const worker = make(aws);
  aws.reset(tables.clone());
  await worker.handle(made.batch.slice(0, 1));
  // V8 lets go of what it has compiled only after several.
  for (let n = 0; n < COLLECTIONS; n++) collect();
  const before = process.memoryUsage().heapUsed;
  let peak = before;
  aws.onRequest(() => {
    collect();
    peak = Math.max(peak, process.memoryUsage().heapUsed);
  });
  await worker.handle(made.batch);
  return peak - before;
}

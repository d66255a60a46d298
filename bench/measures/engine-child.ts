import type { Plan } from '../plan.ts';
import { workload } from '../workloads/catalogue.ts';
import { ENGINE_PAIRS, type EnginePairRun, STAGES } from './engine-pairs.ts';
import type { StagesRun } from './engine.ts';
import { paired } from './paired.ts';
import { microsecondsPerRecord } from './processor.ts';
import { spreadOf } from './statistics.ts';

const ROUNDS = 5;
const WARM_UPS = 3;

const [which = '', given = ''] = process.argv.slice(2);
const plan = JSON.parse(given) as Plan;
const run = which === 'stages' ? await runStages() : await runPair(Number(which));
process.stdout.write(JSON.stringify(run), () => process.exit(0));

async function runPair(index: number): Promise<EnginePairRun> {
  const pair = ENGINE_PAIRS[index];
  if (pair === undefined) throw new Error(`there is no pair ${index}`);
  const records = pair.records(plan);
  const [own = 0, peer = 0] = await medians([pair.own, pair.peer], records);
  return { own, peer };
}

async function runStages(): Promise<StagesRun> {
  const { batch } = workload('mixed', plan.records, plan.history);
  const [route = 0, decode = 0, decide = 0] = await medians(
    [STAGES.route, STAGES.decode, STAGES.decide],
    batch,
  );
  return { route, decode: decode - route, decide: decide - decode };
}

async function medians<T extends readonly unknown[]>(
  subjects: readonly ((records: T) => unknown)[],
  records: T,
): Promise<number[]> {
  const timed = (work: (all: T) => unknown) => () =>
    microsecondsPerRecord(records.length, () => work(records), plan.leastMs);
  const values = await paired(subjects.map(timed), ROUNDS, WARM_UPS);
  return values.map((series) => spreadOf(series).median);
}

import type { Plan } from '../plan.ts';
import { workload } from '../workloads/catalogue.ts';
import { ENGINE_PAIRS, type EngineSide, STAGES } from './engine-pairs.ts';
import type { StagesRun } from './engine.ts';
import { paired } from './paired.ts';
import { microsecondsPerRecord } from './processor.ts';
import { spreadOf } from './statistics.ts';

const ROUNDS = 5;
const WARM_UPS = 3;

const [which = '', given = ''] = process.argv.slice(2);
const plan = JSON.parse(given) as Plan;
const [index = '', side = ''] = which.split(' ');
const run = which === 'stages' ? await runStages() : await runSide(Number(index), side as EngineSide);
process.stdout.write(JSON.stringify(run), () => process.exit(0));

/** One of a pair by itself: what the other leaves on the heap would change where V8 puts this one's objects. */
async function runSide(pairIndex: number, of: EngineSide): Promise<number> {
  const pair = ENGINE_PAIRS[pairIndex];
  if (pair === undefined) throw new Error(`there is no pair ${pairIndex}`);
  const [microseconds = NaN] = await medians([pair[of]], pair.records(plan));
  return microseconds;
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

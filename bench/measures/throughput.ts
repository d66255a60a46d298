import type { Downstream } from '../model/modelled-aws.ts';
import { tablesBefore } from '../model/world.ts';
import type { Plan } from '../plan.ts';
import { contrail } from '../workers/contrail.ts';
import { powertools, recordByRecord } from '../workers/peers.ts';
import type { Worker } from '../workers/worker.ts';
import { relevant, workload, type WorkloadName } from '../workloads/catalogue.ts';
import { leastRequests, total } from './least-requests.ts';
import { paired } from './paired.ts';
import { Bench } from './run-batch.ts';
import { ratios, type Spread, spreadOf } from './statistics.ts';

/** One batch against one latency, by everyone in turn. */
export interface Throughput {
  readonly workload: string;
  readonly records: number;
  readonly latencyMs: number;
  /** What Contrail's requests really took on average: timers round up, and a busy machine is late. */
  readonly measuredLatencyMs: number;
  readonly recordsPerSecond: Readonly<Record<string, Spread>>;
  /** How many times as long as Contrail each peer takes for a record. */
  readonly timesAsLong: Readonly<Record<string, Spread>>;
  /** As above, with the models' own time, which AWS would not take of this processor, taken off the peer's only. */
  readonly timesAsLongAtLeast: Readonly<Record<string, number>>;
  /** Requests per 1,000 records. */
  readonly requests: Readonly<Record<string, number>>;
  readonly leastRequests: number;
  /** Contrail's requests against the fewest possible. */
  readonly requestsRatio: number;
}

interface Subject {
  readonly name: string;
  readonly make: (downstream: Downstream) => Worker;
  /** Sends one request at a time, so that it takes as long as all its latencies together. */
  readonly sequential: boolean;
}

const CONTRAIL: Subject = { name: 'Contrail', make: contrail, sequential: false };
const PARALLEL: Subject = {
  name: 'Powertools parallel',
  make: (downstream) => powertools(downstream, true),
  sequential: false,
};
const SEQUENTIAL: Subject = {
  name: 'Powertools sequential',
  make: (downstream) => powertools(downstream, false),
  sequential: true,
};
const SEED: Subject = { name: 'record by record', make: recordByRecord, sequential: true };

/**
 * Throughput of every workload at one latency, of the mixed one at every latency and in every size.
 *
 * @param onCell called with each, as it is done.
 */
export async function measureThroughput(
  plan: Plan,
  onCell: (cell: Throughput) => void,
): Promise<Throughput[]> {
  const middle = plan.latenciesMs[Math.floor(plan.latenciesMs.length / 2)] ?? 5;
  const cells: Throughput[] = [];
  const measure = async (...parameters: Parameters<typeof measureCell>) => {
    const cell = await measureCell(...parameters);
    cells.push(cell);
    onCell(cell);
  };
  const everyone = [CONTRAIL, PARALLEL, SEQUENTIAL, SEED];
  for (const latencyMs of plan.latenciesMs)
    // What the goals are about goes through whole batches.
    await measure(
      plan,
      'mixed',
      plan.records,
      latencyMs,
      latencyMs === middle ? [CONTRAIL, PARALLEL, SEED] : everyone,
      latencyMs === middle,
    );
  await measure(plan, 'mixed', plan.records, middle, [CONTRAIL, SEQUENTIAL], false);
  for (const name of plan.workloads) {
    if (name === 'mixed') continue;
    const records = name === 'large items' ? plan.largeRecords : plan.records;
    await measure(plan, name, records, middle, [CONTRAIL, PARALLEL, SEED], false);
  }
  for (const size of plan.sizes)
    if (size !== plan.records) await measure(plan, 'mixed', size, middle, [CONTRAIL, PARALLEL, SEED], false);
  return cells;
}

async function measureCell(
  plan: Plan,
  name: WorkloadName,
  records: number,
  latencyMs: number,
  subjects: readonly Subject[],
  whole: boolean,
): Promise<Throughput> {
  const made = workload(name, records, plan.history);
  const tables = await tablesBefore(made);
  const sampled = Math.ceil(relevant(made.batch).length / plan.mostSequentialRecords);
  const requests: Record<string, number> = {};
  const modelSeconds: Record<string, number> = {};
  let latency = { sum: 0, runs: 0 };
  let seed = 0;
  const runOf = (subject: Subject) => {
    const bench = new Bench(subject.make);
    return async () => {
      const step = subject.sequential && !whole ? sampled : 1;
      const batch = step === 1 ? made.batch : made.batch.filter((_, index) => index % step === 0);
      const run = await bench.run(tables, batch, { latencyMs, seed: ++seed });
      requests[subject.name] = (total(run.requests) / batch.length) * 1000;
      modelSeconds[subject.name] = run.modelMs / 1000 / batch.length;
      if (subject === CONTRAIL) latency = { sum: latency.sum + run.meanLatencyMs, runs: latency.runs + 1 };
      return run.seconds / batch.length;
    };
  };
  const pairs = whole || records > plan.records ? plan.slowPairs : plan.pairs;
  const seconds = await paired(subjects.map(runOf), pairs);
  const [own = []] = seconds;
  const least = (total(leastRequests(tables, made.batch)) / made.batch.length) * 1000;
  const byName = <T>(value: (subject: Subject, secondsPerRecord: readonly number[]) => T) =>
    Object.fromEntries(
      subjects.map((subject, index) => [subject.name, value(subject, seconds[index] ?? [])]),
    );
  return {
    workload: name,
    records,
    latencyMs,
    measuredLatencyMs: latency.sum / latency.runs,
    recordsPerSecond: byName((_, values) => spreadOf(values.map((value) => 1 / value))),
    timesAsLong: byName((_, values) => ratios(values, own)),
    timesAsLongAtLeast: byName(
      (subject, values) =>
        (spreadOf(values).median - (modelSeconds[subject.name] ?? 0)) / spreadOf(own).median,
    ),
    requests,
    leastRequests: least,
    requestsRatio: least === 0 ? 1 : (requests[CONTRAIL.name] ?? NaN) / least,
  };
}

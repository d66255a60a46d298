import { join } from 'node:path';
import type { Plan, PlannedBatch } from '../plan.ts';
import type { SubjectName } from '../workers/subjects.ts';
import type { Children } from './children.ts';
import type { Comparison } from './engine.ts';
import { SMALL } from './engine-pairs.ts';
import type { BatchRun } from './run-batch.ts';
import { sceneOf, writeScene } from './scene.ts';
import { measureSeries, type Series } from './series.ts';
import { exactly, ratios, type Spread, spreadOf } from './statistics.ts';

/** One batch against one latency, by everyone in turn. */
export interface BatchTimes extends PlannedBatch {
  readonly latencyMs: number;
  /** What Contrail's requests really took on average: timers round up, and a busy machine is late. */
  readonly measuredLatencyMs: number;
  readonly times: Readonly<Partial<Record<Series['subject'], SubjectTimes>>>;
}

export interface SubjectTimes {
  readonly recordsPerSecond: Spread;
  /**
   * How many times as long as Contrail it takes. The models' own time, which AWS would not take of this processor, is taken
   * off the opponent's only: the ratio is at least this.
   */
  readonly timesAsLong: Spread;
  /** Microseconds of processor time per record, without the models'. */
  readonly microseconds: Spread;
  /** Contrail's processor time against it. */
  readonly processorRatio: Spread;
}

const OPPONENTS: readonly SubjectName[] = [
  'strong, exactly once',
  'strong, at least once',
  'Powertools parallel',
];

/**
 * Times of every batch at the middle latency, and of the usual one at all latencies, with more opponents.
 *
 * @param folder for what the processes read.
 */
export async function measureBatches(
  children: Children,
  plan: Plan,
  folder: string,
  onTimes: (times: BatchTimes) => void,
): Promise<BatchTimes[]> {
  const found: BatchTimes[] = [];
  const [, middle] = plan.latenciesMs;
  for (const batch of plan.batches) {
    const scene = join(folder, `${batch.workload} ${batch.records}.json`);
    const made = await sceneOf(batch.workload, batch.records, plan.history);
    writeScene(scene, made);
    const isUsual = batch.workload === 'mixed' && batch.records === plan.records;
    for (const latencyMs of isUsual ? new Set(plan.latenciesMs) : [middle]) {
      const subjects: Series['subject'][] = ['Contrail', ...OPPONENTS];
      if (isUsual) subjects.push('record by record');
      if (isUsual && latencyMs === middle) subjects.push('Contrail, silent', 'the SDK alone');
      const processes = isUsual && latencyMs === middle ? plan.processes : 1;
      // The largest are as many records in fewer rounds.
      const rounds = batch.records > plan.records ? Math.ceil(plan.rounds / 2) : plan.rounds;
      const series = { scene, latencyMs, warmUp: plan.warmUp, rounds };
      const runs = await inTurn(subjects, processes, (subject, turn) =>
        measureSeries(children, {
          ...series,
          subject,
          seed: 1_000 * turn,
          ...(subject === 'record by record' && { sample: plan.sample }),
        }),
      );
      const records = made.batch.length;
      const times = { ...batch, records, latencyMs, ...timesOf(runs) };
      found.push(times);
      onTimes(times);
    }
  }
  return found;
}

/** A series of each, again and again, every other time the other way about: what else goes on meets all of them alike. */
export async function inTurn<Subject>(
  subjects: readonly Subject[],
  turns: number,
  measure: (subject: Subject, turn: number) => Promise<BatchRun[]>,
): Promise<Map<Subject, BatchRun[]>> {
  const runs = new Map<Subject, BatchRun[]>(subjects.map((subject) => [subject, []]));
  for (let turn = 0; turn < turns; turn++)
    for (const subject of turn % 2 === 0 ? subjects : subjects.toReversed())
      runs.get(subject)?.push(...(await measure(subject, turn)));
  return runs;
}

function timesOf(runs: ReadonlyMap<Series['subject'], BatchRun[]>) {
  const own = runs.get('Contrail') ?? [];
  const perRecord = (subject: Series['subject'], value: (run: BatchRun) => number) =>
    (runs.get(subject) ?? []).map((run) => value(run) / run.records);
  const seconds = perRecord('Contrail', (run) => run.seconds);
  const processor = perRecord('Contrail', (run) => run.processorMs);
  const times: Partial<Record<Series['subject'], SubjectTimes>> = {};
  for (const subject of runs.keys()) {
    const modelShare = subject === 'Contrail' ? 0 : 1;
    const theirs = perRecord(subject, (run) => run.seconds - (modelShare * run.modelMs) / 1000);
    const theirProcessor = perRecord(subject, (run) => run.processorMs);
    times[subject] = {
      recordsPerSecond: spreadOf(perRecord(subject, (run) => run.seconds).map((value) => 1 / value)),
      timesAsLong: ratios(theirs, seconds),
      microseconds: spreadOf(theirProcessor.map((value) => value * 1000)),
      processorRatio: ratios(processor, theirProcessor),
    };
  }
  const measuredLatencyMs = spreadOf(own.map(({ meanLatencyMs }) => meanLatencyMs)).median;
  return { measuredLatencyMs, times };
}

/** Processor time per record of the largest batch, against the same records in small ones. */
export async function measureGrowth(children: Children, plan: Plan, folder: string): Promise<Comparison> {
  const scene = join(folder, 'growth.json');
  writeScene(scene, await sceneOf('mixed', plan.mostRecords, plan.history));
  const sizes = [plan.mostRecords, SMALL] as const;
  const runs = await inTurn(sizes, plan.processes, (batchSize) =>
    measureSeries(children, {
      subject: 'Contrail',
      scene,
      latencyMs: 0,
      warmUp: { ...plan.warmUp, batches: Math.ceil(plan.warmUp.batches / 4) },
      rounds: plan.rounds,
      seed: 1,
      batchSize,
    }),
  );
  const [large, small] = sizes.map((size) =>
    (runs.get(size) ?? []).map((run) => (run.processorMs * 1000) / run.records),
  ) as [number[], number[]];
  return {
    subject: 'Contrail',
    what: `${plan.mostRecords} mixed records, in one batch`,
    against: `the same in batches of ${SMALL}`,
    microseconds: spreadOf(large),
    peerMicroseconds: spreadOf(small),
    ratio: ratios(large, small),
  };
}

/** The 99th percentile of the time that the usual batch takes, against the median. */
export async function measureTail(children: Children, plan: Plan, folder: string): Promise<Spread> {
  const scene = join(folder, 'tail.json');
  writeScene(scene, await sceneOf('mixed', plan.records, plan.history));
  const [, latencyMs] = plan.latenciesMs;
  const { warmUp, tailRounds: rounds } = plan;
  const runs = await measureSeries(children, {
    subject: 'Contrail',
    scene,
    latencyMs,
    warmUp,
    rounds,
    seed: 1,
  });
  const seconds = runs.map((run) => run.seconds).toSorted((a, b) => a - b);
  const p99 = seconds[Math.ceil(0.99 * seconds.length) - 1] ?? NaN;
  return exactly(p99 / spreadOf(seconds).median);
}

import type { BatchTimes } from '../measures/batches.ts';
import type { ColdStart } from '../measures/cold-start.ts';
import type { Counts } from '../measures/counts.ts';
import type { Comparison } from '../measures/engine.ts';
import type { HotTupleTimes } from '../measures/hot-tuple.ts';
import type { Memory } from '../measures/memory.ts';
import type { SmallFunction } from '../measures/small-function.ts';
import { exactly, inverted, type Spread } from '../measures/statistics.ts';
import type { Plan } from '../plan.ts';
import type { SubjectName } from '../workers/subjects.ts';

/** One of the figures that the project has set itself. */
export interface Goal {
  readonly what: string;
  readonly bound: number;
  readonly is: 'at least' | 'at most';
  readonly measured: Spread;
  readonly met: boolean;
}

/** All that a run has measured; empty where a part was left out. */
export interface Measured {
  readonly counts: readonly Counts[];
  readonly batches: readonly BatchTimes[];
  readonly growth: Comparison | undefined;
  readonly tail: Spread | undefined;
  readonly engine: readonly Comparison[];
  readonly memory: readonly Memory[];
  readonly coldStarts: readonly ColdStart[];
  readonly small: SmallFunction | undefined;
  readonly hotTuple: readonly HotTupleTimes[];
}

/** The goals whose figures were measured. */
export function goalsOf(measured: Measured, { records, latenciesMs: [, middle] }: Plan): Goal[] {
  const { counts, batches, growth, tail, engine, memory, coldStarts, small, hotTuple } = measured;
  const goals: Goal[] = [];
  const add = (what: string, is: Goal['is'], bound: number, value: Spread | undefined) => {
    if (value === undefined) return;
    const met = is === 'at least' ? value.median >= bound : value.median <= bound;
    goals.push({ what, bound, is, measured: value, met });
  };
  const timesOf = (size: number) =>
    batches.find((one) => one.workload === 'mixed' && one.records === size && one.latencyMs === middle)
      ?.times;
  const usual = timesOf(records);
  const batch = `mixed batch of ${records.toLocaleString('en')} at ${middle} ms`;
  add(
    `${batch}: times as fast as record by record`,
    'at least',
    50,
    usual?.['record by record']?.timesAsLong,
  );
  add(
    `${batch}: times as fast as Powertools in parallel`,
    'at least',
    4,
    usual?.['Powertools parallel']?.timesAsLong,
  );
  const strong = usual?.['strong, exactly once'];
  add(
    `${batch}: time against the strong worker, exactly once`,
    'at most',
    0.8,
    inverted(strong?.timesAsLong),
  );
  add('processor time against it', 'at most', 1.1, strong?.processorRatio);
  add(
    'processor time against the SDK alone, at the same pace',
    'at most',
    1.2,
    usual?.['the SDK alone']?.processorRatio,
  );
  const worst = batches
    .filter(({ workload }) => workload !== 'mixed')
    .flatMap(({ workload, times }) => {
      const value = times['Powertools parallel']?.timesAsLong;
      return value === undefined ? [] : [{ workload, value }];
    })
    .sort((a, b) => a.value.median - b.value.median)[0];
  add(
    `the worst workload, ${worst?.workload}: times as fast as Powertools in parallel`,
    'at least',
    3,
    worst?.value,
  );
  add(
    'mixed batch of 10: time against Powertools in parallel',
    'at most',
    1.3,
    inverted(timesOf(10)?.['Powertools parallel']?.timesAsLong),
  );
  for (const one of counts.filter(({ workload, records: size }) => workload === 'mixed' && size <= records))
    add(
      `requests against the least possible, mixed batch of ${one.records.toLocaleString('en')}`,
      'at most',
      1.1,
      exactly(one.requests.Contrail / one.leastRequests),
    );
  const dollars = counts
    .map((one) => ({ ...one, ratio: dollarsRatio(one, 'record by record') }))
    .sort((a, b) => b.ratio - a.ratio);
  const [dearest] = dollars;
  add(
    `dollars against record by record, the worst workload: ${dearest?.workload}`,
    'at most',
    1,
    dearest && exactly(dearest.ratio),
  );
  const mixed = dollars.find((one) => one.workload === 'mixed' && one.records === records);
  add(`dollars against record by record, ${batch}`, 'at most', 0.4, mixed && exactly(mixed.ratio));
  add(
    'dollars against the least possible for the batch',
    'at most',
    1.1,
    mixed && exactly(mixed.dollarsPerMillion.Contrail / mixed.leastDollarsPerMillion),
  );
  add('at 512 MB: times as fast as Powertools in parallel', 'at least', 12, small?.timesAsLong);
  const headroom = small?.recordsPerSecond;
  add(
    "at 512 MB: thousands of changes per second, as a partition's limit is one",
    'at least',
    6,
    headroom && {
      ...headroom,
      median: headroom.median / 1000,
      low: headroom.low / 1000,
      high: headroom.high / 1000,
    },
  );
  add('MB that an event of 6 MB takes in a function of 128 MB', 'at most', 128, small?.peakMb);
  add(
    'eight workers on a hot tuple: times as fast as one',
    'at least',
    2,
    hotTuple.find(({ subject }) => subject === 'Contrail')?.timesAsFast,
  );
  add('first effect after a cold start, against a handler by hand', 'at most', 0.75, coldStarts[0]?.ratio);
  add(`${batch}: p99 against p50`, 'at most', 1.4, tail);
  const ratio = (what: RegExp, against: RegExp) =>
    engine.find((one) => what.test(one.what) && against.test(one.against))?.ratio;
  add(
    'irrelevant records: processor against Powertools’ empty loop',
    'at most',
    1,
    ratio(/^irrelevant/, /empty/),
  );
  add(
    'route, decode, decide: processor against Powertools’ schema',
    'at most',
    1 / 3,
    ratio(/^relevant/, /schema/),
  );
  add('route, decode, decide: processor against unmarshall', 'at most', 1, ratio(/^relevant/, /^unmarshall/));
  add(
    'peak memory against the event, the largest that Lambda delivers',
    'at most',
    3,
    memory.filter(({ subject }) => subject === 'Contrail').at(-1)?.live,
  );
  add('processor per record, the largest batch against batches of 100', 'at most', 1.1, growth?.ratio);
  add(
    'processor, logging at info against silent',
    'at most',
    1.3,
    usual?.['Contrail, silent']?.processorRatio,
  );
  return goals;
}

export function dollarsRatio({ dollarsPerMillion }: Counts, against: SubjectName): number {
  return dollarsPerMillion[against] === 0 ? 1 : dollarsPerMillion.Contrail / dollarsPerMillion[against];
}

import type { Comparison } from '../measures/engine.ts';
import type { Memory } from '../measures/memory.ts';
import type { Spread } from '../measures/statistics.ts';
import type { Throughput } from '../measures/throughput.ts';

/** One of the figures that the project has set itself. */
export interface Goal {
  readonly what: string;
  readonly bound: number;
  readonly is: 'at least' | 'at most';
  readonly measured: Spread;
  readonly met: boolean;
}

interface Measured {
  readonly throughput: readonly Throughput[];
  readonly engine: readonly Comparison[];
  readonly memory: readonly Memory[];
}

/** The goals whose figures were measured. */
export function goalsOf({ throughput, engine, memory }: Measured): Goal[] {
  const goals: Goal[] = [];
  const add = (what: string, is: Goal['is'], bound: number, measured: Spread | undefined) => {
    if (measured === undefined) return;
    const met = is === 'at least' ? measured.median >= bound : measured.median <= bound;
    goals.push({ what, bound, is, measured, met });
  };
  const cell = throughput.find(
    ({ workload, timesAsLong, latencyMs, records }) =>
      workload === 'mixed' && latencyMs === 5 && records === 1_000 && 'record by record' in timesAsLong,
  );
  const batch = 'mixed batch of 1,000 at 5 ms';
  add(`${batch}: times as fast as record by record`, 'at least', 50, cell?.timesAsLong['record by record']);
  add(
    `${batch}: times as fast as Powertools in parallel`,
    'at least',
    4,
    cell?.timesAsLong['Powertools parallel'],
  );
  const requests = cell?.requestsRatio;
  const exact =
    requests === undefined ? undefined : { median: requests, low: requests, high: requests, runs: 1 };
  add(`${batch}: requests against the least possible`, 'at most', 1.15, exact);
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
    'peak memory at 10,000 records against the event',
    'at most',
    3,
    memory.find(({ subject, records }) => subject === 'Contrail' && records === 10_000)?.live,
  );
  add('processor per record, 10,000 against 100', 'at most', 1.1, ratio(/^10000 mixed/, /batches of 100$/));
  add('processor, logging at info against silent', 'at most', 1.3, ratio(/info$/, /silent$/));
  return goals;
}

import type { PostgresPlan, PostgresTimes } from '../measures/postgres.ts';
import type { Spread } from '../measures/statistics.ts';
import type { Goal } from './goals.ts';

/** What the speed of each database is measured by. */
export function postgresGoalsOf(
  times: readonly PostgresTimes[],
  { records, rows: [few, many] }: PostgresPlan,
): Goal[] {
  return times.flatMap((one) => {
    const goal = (what: string, is: Goal['is'], bound: number, measured: Spread): Goal => {
      const met = is === 'at least' ? measured.median >= bound : measured.median <= bound;
      return { what: `${one.database}: ${what}`, bound, is, measured, met };
    };
    const [all, less, more] = [records, few, many].map((count) => count.toLocaleString('en'));
    return [
      goal('records per second, times as fast as a transaction each', 'at least', 10, one.timesAsFast),
      goal(`a batch's cost on ${more} rows against on ${less}`, 'at most', 1.3, one.growth),
      goal(`memory after ${all} records against after a tenth of them`, 'at most', 1.1, one.memoryRatio),
    ];
  });
}

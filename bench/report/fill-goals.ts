import type { FillComparison } from '../measures/fill.ts';
import { exactly, type Spread } from '../measures/statistics.ts';
import type { Goal } from './goals.ts';

/** What filling and verifying a whole table are measured by. */
export function fillGoalsOf(times: FillComparison): Goal[] {
  const goal = (what: string, is: Goal['is'], bound: number, measured: Spread): Goal => ({
    ...{ what, bound, is, measured },
    met: is === 'at least' ? measured.median >= bound : measured.median <= bound,
  });
  const peak = Math.max(
    ...times.tables.flatMap((one) => [one.backfill.peak, one.backfillAgain.peak, one.verify.peak]),
  );
  return [
    goal(
      'backfill of a table in line: rows per second against a bare scan',
      'at least',
      0.6,
      times.backfillAgain,
    ),
    goal('verify: rows per second against a bare scan', 'at least', 0.5, times.verify),
    goal('backfill: read units of the table against a bare scan', 'at most', 1.2, times.backfillUnits),
    goal('verify: read units of the table against a bare scan', 'at most', 1.2, times.verifyUnits),
    goal(
      'backfill: processor time per row, the larger table against the smaller',
      'at most',
      1.1,
      times.backfillGrowth,
    ),
    goal(
      'verify: processor time per row, the larger table against the smaller',
      'at most',
      1.1,
      times.verifyGrowth,
    ),
    goal('memory of either, in MiB', 'at most', 512, exactly(peak)),
  ];
}

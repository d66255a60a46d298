import type { ReaderTimes } from '../measures/reader.ts';
import type { Spread } from '../measures/statistics.ts';
import type { Goal } from './goals.ts';

/** What the speed of reading a stream is measured by. */
export function readerGoalsOf({ ratio, ratioWithWorker }: ReaderTimes): Goal[] {
  const goal = (what: string, bound: number, measured: Spread): Goal => {
    return { what, bound, is: 'at least', measured, met: measured.median >= bound };
  };
  return [
    goal('records per second against a loop of GetRecords', 0.9, ratio),
    goal('the same, a worker in memory included', 0.9, ratioWithWorker),
  ];
}

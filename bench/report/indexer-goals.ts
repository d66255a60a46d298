import type { IndexerPlan, IndexerTimes } from '../measures/indexer.ts';
import type { Spread } from '../measures/statistics.ts';
import type { Goal } from './goals.ts';

/** What the indexer's speed is measured by. */
export function indexerGoalsOf(times: IndexerTimes, { latencyMs, memory }: IndexerPlan): Goal[] {
  const goal = (what: string, is: Goal['is'], bound: number, measured: Spread): Goal => {
    const met = is === 'at least' ? measured.median >= bound : measured.median <= bound;
    return { what, bound, is, measured, met };
  };
  return [
    goal(
      `documents per second at ${latencyMs} ms: times as fast as one document per request`,
      'at least',
      20,
      times.timesAsFast,
    ),
    goal('requests to the engine against the least possible', 'at most', 1.15, times.requestRatio),
    goal(
      'processor time per document against `JSON.parse` and `JSON.stringify` of its message',
      'at most',
      3,
      times.processorRatio,
    ),
    goal(
      `memory after ${memory.actions.toLocaleString('en')} actions against after a tenth of them`,
      'at most',
      1.1,
      times.memoryRatio,
    ),
  ];
}

import type { IndexProgress } from '../../../application/index-progress.ts';

/** What a terminal is told of an indexer. */
export const INDEX_FORMAT = 'indexing {done} done | {rate}/s | {lag}{held} held{down} | {duration_formatted}';

/** Its figures now. */
export function indexFigures(progress: IndexProgress) {
  const { written, deleted, repaired, superseded, late, oldestAgeMs, perSecond, held, isDown } = progress;
  return {
    done: (written + deleted + repaired + superseded + late).toLocaleString('en'),
    rate: Math.round(perSecond).toLocaleString('en'),
    lag: oldestAgeMs === undefined ? '' : `${(oldestAgeMs / 1_000).toFixed(1)} s behind | `,
    held: held.toLocaleString('en'),
    down: isDown ? ' | waiting for the search engine' : '',
  };
}

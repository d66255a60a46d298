import type { SubjectName } from '../workers/subjects.ts';
import type { Children } from './children.ts';
import type { BatchRun } from './run-batch.ts';
import type { WarmUp } from './warm-up.ts';

/** Batches of one subject, one after the other in a process of its own. */
export interface Series {
  readonly subject: SubjectName | 'Contrail, silent' | 'the SDK alone';
  /** The file of the scene. */
  readonly scene: string;
  /** Median of a single request. */
  readonly latencyMs: number;
  readonly warmUp: WarmUp;
  readonly rounds: number;
  readonly seed: number;
  /** All records in one batch, unless given. */
  readonly batchSize?: number;
  /** About how many of the records; all, unless given. */
  readonly sample?: number;
}

/** @param share part of a core; all, unless given. */
export function measureSeries(children: Children, series: Series, share?: number): Promise<BatchRun[]> {
  return children.run('series', [JSON.stringify(series)], share);
}

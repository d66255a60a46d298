import { join } from 'node:path';
import type { Plan } from '../plan.ts';
import type { SubjectName } from '../workers/subjects.ts';
import type { Children } from './children.ts';
import { sceneOf, writeScene } from './scene.ts';
import { ratios, type Spread, spreadOf } from './statistics.ts';

/** Several workers that count links of one tuple at the same time. */
export interface HotTuple {
  readonly subject: SubjectName;
  readonly scene: string;
  readonly workers: number;
  readonly latencyMs: number;
  readonly batchSize: number;
  readonly rounds: number;
}

export interface HotTupleTimes {
  readonly subject: SubjectName;
  readonly workers: number;
  readonly linksPerSecond: Spread;
  /** Against one worker. */
  readonly timesAsFast: Spread;
}

const WORKERS = 8;
const BATCH = 100;

/** Eight workers against one. They share a processor, so latency is high: on Lambda each has its own. */
export async function measureHotTuple(
  children: Children,
  plan: Plan,
  folder: string,
): Promise<HotTupleTimes[]> {
  const scene = join(folder, 'hot tuple.json');
  const records = WORKERS * Math.min(2 * BATCH, plan.records);
  writeScene(scene, await sceneOf('hot tuple', records, 0));
  const [, , latencyMs] = plan.latenciesMs;
  const found: HotTupleTimes[] = [];
  for (const subject of ['Contrail', 'strong, exactly once'] as const) {
    const secondsOf = (workers: number) => {
      const run: HotTuple = { subject, scene, workers, latencyMs, batchSize: BATCH, rounds: plan.rounds };
      return children.run<number[]>('workers', [JSON.stringify(run)]);
    };
    const one = await secondsOf(1);
    const many = await secondsOf(WORKERS);
    found.push({
      subject,
      workers: WORKERS,
      linksPerSecond: spreadOf(many.map((seconds) => records / seconds)),
      timesAsFast: ratios(one, many),
    });
  }
  return found;
}

import { join } from 'node:path';
import type { Plan } from '../plan.ts';
import type { SubjectName } from '../workers/subjects.ts';
import type { Children } from './children.ts';
import { sceneOf, writeScene } from './scene.ts';
import { type Spread, spreadOf } from './statistics.ts';

/** Memory of one batch, in a process of its own. */
export interface MemoryRun {
  /** What the event alone takes, parsed. */
  readonly eventBytes: number;
  /** The most that is in use while the batch is handled, the event included. */
  readonly peakBytes: number;
}

export interface Memory {
  readonly subject: string;
  readonly records: number;
  readonly eventBytes: number;
  /** The most that is reachable, against the event alone. */
  readonly live: Spread;
  /** The most that is on the heap, garbage that V8 has left for later included. */
  readonly withGarbage: Spread;
}

const MEASURED: readonly SubjectName[] = ['Contrail', 'Powertools parallel'];

/** Mixed batches' peak memory against the memory of their event, in every size. */
export async function measureMemory(
  children: Children,
  plan: Plan,
  folder: string,
  onMemory: (memory: Memory) => void,
): Promise<Memory[]> {
  const found: Memory[] = [];
  for (const { workload, records } of plan.batches) {
    // What a few records take does not stand out.
    if (workload !== 'mixed' || records < plan.records) continue;
    const scene = join(folder, `memory ${records}.json`);
    writeScene(scene, await sceneOf(workload, records, plan.history));
    for (const subject of MEASURED) {
      const runs = async (mode: 'live' | 'as it is') => {
        const measured: MemoryRun[] = [];
        for (let n = 0; n < plan.memoryRuns; n++)
          measured.push(await children.run('memory', [scene, subject, mode]));
        return measured;
      };
      const ratio = (some: readonly MemoryRun[]) =>
        spreadOf(some.map(({ eventBytes, peakBytes }) => peakBytes / eventBytes));
      const live = await runs('live');
      const withGarbage = await runs('as it is');
      const eventBytes = spreadOf(live.map((one) => one.eventBytes)).median;
      const memory = { subject, records, eventBytes, live: ratio(live), withGarbage: ratio(withGarbage) };
      found.push(memory);
      onMemory(memory);
    }
  }
  return found;
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plan } from '../plan.ts';
import { workload } from '../workloads/catalogue.ts';
import { inChild } from './in-child.ts';
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

const SUBJECTS = ['Contrail', 'Powertools parallel'];
const RUNS = 3;

/** The mixed workload's peak memory against the memory of its event, in every size. */
export async function measureMemory(
  { memorySizes, history, pairs }: Plan,
  onMemory: (memory: Memory) => void,
): Promise<Memory[]> {
  const folder = await mkdtemp(join(tmpdir(), 'contrail-bench-'));
  const found: Memory[] = [];
  try {
    for (const records of memorySizes) {
      const file = join(folder, `${records}.json`);
      await writeFile(file, JSON.stringify({ Records: workload('mixed', records, history).batch }));
      for (const subject of SUBJECTS) {
        const live: MemoryRun[] = [];
        const withGarbage: MemoryRun[] = [];
        for (let n = 0; n < Math.min(RUNS, pairs); n++) {
          live.push(await run(file, records, history, subject, 'live'));
          withGarbage.push(await run(file, records, history, subject, 'as it is'));
        }
        const ratio = (runs: readonly MemoryRun[]) =>
          spreadOf(runs.map(({ eventBytes, peakBytes }) => peakBytes / eventBytes));
        const eventBytes = spreadOf(live.map((one) => one.eventBytes)).median;
        const memory = { subject, records, eventBytes, live: ratio(live), withGarbage: ratio(withGarbage) };
        found.push(memory);
        onMemory(memory);
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return found;
}

function run(
  file: string,
  records: number,
  history: number,
  subject: string,
  mode: string,
): Promise<MemoryRun> {
  const child = fileURLToPath(new URL('memory-child.js', import.meta.url));
  const parameters = [file, String(records), String(history), subject, mode];
  return inChild(['--expose-gc', '--no-warnings', child, ...parameters]);
}

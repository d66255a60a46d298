import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import type { Chunk } from './seed-process.ts';
import { bundledProgram, WRITTEN } from './seed-program.ts';
import { isInFile } from '../subjects/in-file.ts';
import { addTally, emptyTally, type Tally } from '../../../src/simulation/world/tally.ts';

export interface SimulationOptions {
  readonly from: number;
  readonly seeds: number;
  /** Processes; as many as there are processors when undefined. */
  readonly jobs?: number;
  readonly mutant?: string | undefined;
  /** As `subjectNamed` takes it; the fleet unless given. */
  readonly definition?: string | undefined;
  /** Who reads the stream; each seed decides, unless given. */
  readonly read?: Chunk['read'];
  /** Whether an operator's commands run; each seed decides, unless given. */
  readonly commands?: Chunk['commands'];
  /** Ends early once so many seeds have failed. */
  readonly stopAfterFailures?: number;
  readonly onProgress?: (tally: Tally) => void;
}

/** Seeds handed to a process at a time: enough to make the handing over cheap, few enough to finish together. */
const CHUNK = 25;

/**
 * Runs many seeds, in processes of their own: a rejection that nobody handles is then the worker's and not that of
 * whoever calls. Seeds that fail are in the tally, in ascending order.
 */
export async function simulate(options: SimulationOptions): Promise<Tally> {
  const {
    from,
    seeds,
    jobs = availableParallelism(),
    mutant,
    definition = 'fleet',
    read,
    commands,
  } = options;
  const sum = emptyTally();
  let next = from;
  const program = mutant === undefined && !isInFile(definition) ? await bundledProgram() : WRITTEN;

  const runProcess = () =>
    new Promise<void>((resolve, reject) => {
      const child = fork(program.path, { execArgv: [...program.execArgv] });
      const handOver = () => {
        const isDone = next >= from + seeds || sum.failures.length >= (options.stopAfterFailures ?? Infinity);
        if (isDone) {
          child.disconnect();
          return;
        }
        const chunk: Chunk = {
          from: next,
          count: Math.min(CHUNK, from + seeds - next),
          mutant,
          definition,
          read,
          commands,
        };
        next += chunk.count;
        child.send(chunk);
      };
      child.on('error', reject);
      child.on('exit', (code, signal) => {
        if (code === 0) resolve();
        else reject(new Error(`a process of the simulation ended with ${code ?? signal ?? 'nothing'}`));
      });
      child.on('message', (tally: Tally) => {
        addTally(sum, tally);
        options.onProgress?.(sum);
        handOver();
      });
      handOver();
    });
  await Promise.all(
    Array.from({ length: Math.max(1, Math.min(jobs, Math.ceil(seeds / CHUNK))) }, runProcess),
  );
  sum.failures.sort((a, b) => a.seed - b.seed);
  return sum;
}

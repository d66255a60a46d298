import { loadMutant } from './mutants.ts';
import { subjectNamed } from '../subjects/in-file.ts';
import { runSeed, type RunOptions } from '../../../src/simulation/runs/run-seed.ts';
import { addRun, emptyTally } from '../../../src/simulation/world/tally.ts';

/** Seeds that a process is to run, one after another. Answered with their tally. */
export interface Chunk {
  readonly from: number;
  readonly count: number;
  readonly mutant: string | undefined;
  readonly definition: string;
  readonly read: RunOptions['read'] | undefined;
  readonly commands: boolean | undefined;
}

// Nobody reads where a fault was made: whoever explains a seed runs it again. Each world makes thousands.
Error.stackTraceLimit = 0;

process.on('message', (chunk: Chunk) => {
  void run(chunk).then((tally) => process.send?.(tally));
});
// Whoever started this process is gone.
process.on('disconnect', () => process.exit());

async function run({ from, count, mutant, definition, read: wanted, commands }: Chunk) {
  const subject = await subjectNamed(definition);
  const { variant, read = wanted } = mutant === undefined ? {} : await loadMutant(mutant);
  const tally = emptyTally();
  for (let seed = from; seed < from + count; seed++)
    try {
      addRun(
        tally,
        await runSeed(seed, {
          subject,
          ...(variant && { variant }),
          ...(read && { read }),
          ...(commands === undefined ? {} : { commands }),
        }),
      );
    } catch (error) {
      // Of a definition by chance no rows may be found: the others are to run all the same.
      tally.seeds++;
      tally.failures.push({
        seed,
        invariant: 'the simulation itself works',
        message: `seed ${seed}: ${String(error)}`,
      });
    }
  return tally;
}

import { type Run, runSeed, type RunOptions } from './run-seed.ts';

/**
 * Makes a failing run small: leaves out operations, faults and events for as long as what is left still fails in the
 * same way (delta debugging). One more choice left out of the result, and it no longer fails so, unless the
 * attempts ran out.
 *
 * @param attempts the most runs to make.
 */
export async function shrink(
  failing: Run,
  options: Omit<RunOptions, 'only'>,
  attempts = 2_000,
): Promise<Run> {
  let best = failing;
  let left = attempts;
  const fails = async (only: readonly string[]): Promise<Run | undefined> => {
    left--;
    const run = await runSeed(failing.seed, { ...options, only: new Set(only) });
    return run.violation?.invariant === failing.violation?.invariant ? run : undefined;
  };
  for (let size = Math.ceil(best.taken.length / 2); size >= 1 && left > 0;) {
    let hasShrunk = false;
    for (let from = 0; from < best.taken.length && left > 0;) {
      const rest = best.taken.filter((_, index) => index < from || index >= from + size);
      const run = await fails(rest);
      if (run !== undefined && run.taken.length < best.taken.length) {
        best = run;
        hasShrunk = true;
      } else from += size;
    }
    if (size === 1 && !hasShrunk) break;
    size = size === 1 ? 1 : Math.ceil(size / 2);
  }
  return best;
}

import { figure } from '../report/figures.ts';
import type { Goal } from '../report/goals.ts';

/** The goals that the README has figures of, in its order. */
const SHOWN: readonly RegExp[] = [
  /as fast as record by record/,
  /^mixed batch .*as fast as Powertools in parallel/,
  // Of several batches the usual one, the largest, comes last.
  /requests against the least possible, mixed batch/,
  /against unmarshall/,
  /peak memory against the event/,
  /time against the strong worker/,
];

const SECTION = /(?<=\n## How fast it is\n)[^]*?(?=\n## )/;

/**
 * The README with the figures of its section on speed, which are bold, as they are now.
 *
 * @throws Error where it has others, or fewer, or one was not measured.
 */
export function readmeWith(readme: string, goals: readonly Goal[]): string {
  const figures = SHOWN.map((what) => {
    const goal = goals.findLast((one) => what.test(one.what));
    if (goal === undefined)
      throw new Error(`README.md has a figure of what was not measured: ${what.source}`);
    return figure(goal.measured.median);
  });
  let count = 0;
  const text = readme.replace(SECTION, (section) =>
    section.replaceAll(/\*\*.+?\*\*/g, () => `**${figures[count++] ?? ''}**`),
  );
  if (count !== figures.length)
    throw new Error(
      `README.md has ${count} bold figures under "How fast it is", where ${figures.length} are known`,
    );
  return text;
}

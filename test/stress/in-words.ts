import type { StressResult } from './run-stress.ts';
import type { BackendName } from './stages.ts';

/** What is wrong after a run, and how to run it again. */
export function inWords(
  { plan, problems, lastError, injected }: StressResult,
  backend: BackendName = 'aws',
): string {
  const lines = [
    `seed ${plan.seed}: ${problems.length} wrong`,
    ...problems.map((problem) => `  ${problem}`),
    `with ${JSON.stringify(plan)}`,
    `and ${JSON.stringify(Object.fromEntries(injected))}`,
  ];
  if (lastError instanceof Error) lines.push(`a handler threw: ${lastError.stack ?? lastError.message}`);
  lines.push(
    `again: npm run stress -- --backend ${backend} --from ${plan.seed} --seeds 1 (some times: servers really run side by side)`,
  );
  return lines.join('\n');
}

import { type Run, runSeed, type RunOptions } from './run-seed.ts';
import { shortened } from './shortened.ts';
import { shrink } from './shrink.ts';

/** A failing seed, made small: what is violated, the least that leads there, and what happens then. */
export async function explain(
  seed: number,
  options: Pick<RunOptions, 'subject' | 'variant' | 'read' | 'commands'>,
  again: string,
  attempts?: number,
): Promise<string> {
  const failing = await runSeed(seed, options);
  if (failing.violation === undefined) return `seed ${seed}: nothing is violated`;
  const small = await shrink(failing, options, attempts);
  const lines: string[] = [];
  await runSeed(seed, { ...options, only: new Set(small.taken), trace: (line) => lines.push(line) });
  return [
    `seed ${seed} violates: ${describe(small)}`,
    '',
    `with ${small.taken.length} of ${failing.taken.length} choices:`,
    ...small.taken.map((choice) => `  ${choice}`),
    '',
    'which come to:',
    ...shortened(lines).map((line) => `  ${line}`),
    '',
    `again: ${again}`,
  ].join('\n');
}

function describe({ violation, settings }: Run): string {
  const cause = violation?.cause;
  const because = cause instanceof Error ? `\n${cause.stack ?? cause.message}` : '';
  return `${violation?.message ?? ''}${because}\nin the world ${JSON.stringify(settings)}`;
}

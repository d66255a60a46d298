import { Command } from 'commander';
import { FAILED } from '../../src/entrypoints/cli/exit-status.ts';
import { runCommand } from '../../src/entrypoints/cli/run-command.ts';
import { integer } from '../../src/entrypoints/cli/options.ts';
import { type Finding, fuzz, type Tally } from './fuzz.ts';
import { toText } from './json.ts';

interface RunOptions {
  readonly records: number;
  readonly seed: number;
}

const LONGEST_RECORD = 20_000;

const program = new Command('fuzz')
  .description(
    `Sends good, malformed and altered records through the Lambda handler on the
memory backend, and checks after each batch that every record was handled or
reported.`,
  )
  .option('--records <n>', 'how many records', integer(1), 1_000_000)
  .option('--seed <n>', 'seed of all random choices', integer(0), 1)
  .addHelpText(
    'after',
    `
The exit status is 0 when no rule was broken, 1 when one was (the smallest
records that break it are shown), and 2 for wrong usage.`,
  )
  .action(async ({ records, seed }: RunOptions) => {
    const started = performance.now();
    let shownAt = 0;
    const onBatch = (tally: Tally) => {
      if (performance.now() - shownAt < 2_000) return;
      shownAt = performance.now();
      process.stderr.write(`${tally.records} of ${records} records\n`);
    };
    const { tally, finding } = await fuzz({ records, seed, onBatch });
    if (finding !== undefined) process.exitCode = FAILED;
    process.stdout.write(summaryText(tally, (performance.now() - started) / 1000, seed));
    if (finding !== undefined) process.stdout.write(findingText(finding, seed));
  });

function summaryText(tally: Tally, seconds: number, seed: number): string {
  const outcomes = Object.entries(tally.outcomes).sort(([, a], [, b]) => b - a);
  const { first, idle, busy } = tally.heap;
  return [
    `seed ${seed}: ${tally.records} records, ${tally.altered} of them malformed or altered, in ${tally.events} events`,
    `${seconds.toFixed(1)} s, ${Math.round(tally.records / seconds)} records/s`,
    ...outcomes.map(([name, n]) => `  ${name.padEnd(24)} ${n} (${((100 * n) / tally.records).toFixed(2)} %)`),
    ...Object.entries(tally.answers).map(([name, n]) => `  events: ${name.padEnd(24)} ${n}`),
    `peak RSS ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB; live heap ${mib(first)} after the first worker, ` +
      `at most ${mib(idle)} between workers and ${mib(busy)} with one`,
    '',
  ].join('\n');
}

function findingText(
  { rule, detail, index, round, batch, worker, entries, alone }: Finding,
  seed: number,
): string {
  const which = index === undefined ? '' : `, record ${index}`;
  return [
    `BROKEN: ${rule}${which}: ${detail}`,
    `seed ${seed}, worker ${round} (${JSON.stringify(worker)}), batch ${batch}`,
    alone ? 'These records alone break it:' : 'Only after the batches before it:',
    ...entries.map(({ record, touched }) => `${touched ? 'altered' : 'good'} ${shortened(toText(record))}`),
    '',
  ].join('\n');
}

function shortened(text: string): string {
  return text.length > LONGEST_RECORD
    ? `${text.slice(0, LONGEST_RECORD)}… (${text.length} characters)`
    : text;
}

function mib(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}

await runCommand(program);

import { Command } from 'commander';
import pMap from 'p-map';
import { runLocalCommand } from '../../local/commands/command-line.ts';
import { ProgressLine } from '../../local/commands/progress-line.ts';
import { startServers } from '../../local/servers/servers.ts';
import { FAILED } from '../../src/entrypoints/cli/exit-status.ts';
import { integer } from '../../src/entrypoints/cli/options.ts';
import { inWords } from './in-words.ts';
import { planOf } from './plan.ts';
import { runStress } from './run-stress.ts';

interface Options {
  readonly seeds: number;
  readonly from: number;
  readonly atOnce: number;
}

const command = new Command('stress')
  .description(
    `Runs the worker's AWS backend on DynamoDB Local and a local SQS, while an
application writes and the network is slow, loses answers, fails requests and
lets some through late. Proxies, keys, credentials and queues refuse for a while,
whole requests or single messages; and some of what is written is poison. A seed
decides what is written and what becomes of each request. In the end everything
derived must be what the table says, and all poison in quarantine and nothing else.

Servers and workers really run side by side, so that the same seed need not come
to the same: run one that failed some more times.`,
  )
  .option('--seeds <n>', 'how many seeds', integer(1), 20)
  .option('--from <seed>', 'the first seed', integer(0), 1)
  .option('--at-once <n>', 'how many seeds run at a time', integer(1), 4)
  .addHelpText(
    'after',
    `
The exit status is 0 when all is as it must be, 1 when something drifted, was
never handled or is wrongly in quarantine, and 2 for wrong usage or when Java is missing.

Example:
  npm run stress -- --seeds 200 --from 1000`,
  )
  .action(run);

async function run({ seeds, from, atOnce }: Options): Promise<void> {
  const progress = new ProgressLine(process.stderr);
  progress.show('starting DynamoDB Local and SQS');
  const servers = await startServers();
  const totals = { records: 0, invocations: 0, faults: 0, failed: 0 };
  const started = performance.now();
  try {
    const all = Array.from({ length: seeds }, (_, index) => from + index);
    let done = 0;
    // Nearly all the time a run waits, for its network.
    await pMap(
      all,
      async (seed) => {
        const result = await runStress(planOf(seed), servers);
        totals.records += result.records;
        totals.invocations += result.invocations;
        for (const times of result.injected.values()) totals.faults += times;
        progress.show(`${seeds} seeds from ${from}, ${totals.failed} failed`, ++done);
        if (result.problems.length === 0) return;
        totals.failed++;
        progress.clear();
        process.stdout.write(`${inWords(result)}\n\n`);
      },
      { concurrency: atOnce },
    );
  } finally {
    progress.clear();
    await servers.stop();
  }
  const { records, invocations, faults, failed } = totals;
  const seconds = Math.round((performance.now() - started) / 1000);
  process.stdout.write(
    `${seeds} seeds in ${seconds} s: ${records} records, ${invocations} invocations, ${faults} faults; ` +
      `${failed === 0 ? 'nothing drifted' : `${failed} seeds failed`}\n`,
  );
  if (failed > 0) process.exitCode = FAILED;
}

await runLocalCommand(command);
// The workers' connections would keep the process up for a while.
process.exit();

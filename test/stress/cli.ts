import { Command, Option } from 'commander';
import pMap from 'p-map';
import { runLocalCommand } from '../../local/commands/command-line.ts';
import { ProgressLine } from '../../local/commands/progress-line.ts';
import { FAILED } from '../../src/entrypoints/cli/exit-status.ts';
import { integer } from '../../src/entrypoints/cli/options.ts';
import { inWords } from './in-words.ts';
import { planOf } from './plan.ts';
import { runStress } from './run-stress.ts';
import { BACKENDS, type BackendName, openStages } from './stages.ts';

interface Options {
  readonly backend: BackendName;
  readonly seeds: number;
  readonly from: number;
  readonly atOnce: number;
}

const command = new Command('stress')
  .description(
    `Runs workers of a backend as they really are, while an application writes and things
fail. A seed decides what is written and what becomes of each request. In the end
everything derived must be what the table says, and all poison in quarantine and
nothing else.

aws: on DynamoDB Local and a local SQS. The network is slow, loses answers, fails
requests and lets some through late; proxies, keys, credentials and queues refuse
for a while, whole requests or single messages.

postgres: on the server that TEST_DATABASE_URL names, in schemas of its own that are
dropped again. Answers are lost, statements refused, ended by a timeout of the
server, or done long after they failed; connections are terminated, rows locked by
others, and sessions repeatable or serializable. pglite: an embedded one.

Servers and workers really run side by side, so that the same seed need not come
to the same: run one that failed some more times.`,
  )
  .addOption(new Option('--backend <name>', 'what they run on').choices(BACKENDS).default('aws'))
  .option('--seeds <n>', 'how many seeds', integer(1), 20)
  .option('--from <seed>', 'the first seed', integer(0), 1)
  .option('--at-once <n>', 'how many seeds run at a time', integer(1), 4)
  .addHelpText(
    'after',
    `
The exit status is 0 when all is as it must be, 1 when something drifted, was
never handled or is wrongly in quarantine, and 2 for wrong usage or when Java or the server is missing.

Example:
  npm run stress -- --seeds 200 --from 1000
  npm run stress -- --backend postgres --seeds 200`,
  )
  .action(run);

async function run({ backend, seeds, from, atOnce }: Options): Promise<void> {
  const progress = new ProgressLine(process.stderr);
  progress.show('starting what it runs on');
  const stages = await openStages(backend);
  const totals = { records: 0, invocations: 0, faults: 0, failed: 0 };
  const started = performance.now();
  try {
    const all = Array.from({ length: seeds }, (_, index) => from + index);
    let done = 0;
    // Nearly all the time a run waits, for its network.
    await pMap(
      all,
      async (seed) => {
        const plan = planOf(seed);
        const result = await runStress(plan, await stages.stageFor(plan));
        totals.records += result.records;
        totals.invocations += result.invocations;
        for (const times of result.injected.values()) totals.faults += times;
        progress.show(`${seeds} seeds from ${from}, ${totals.failed} failed`, ++done);
        if (result.problems.length === 0) return;
        totals.failed++;
        progress.clear();
        process.stdout.write(`${inWords(result, backend)}\n\n`);
      },
      { concurrency: atOnce },
    );
  } finally {
    progress.clear();
    await stages.close();
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

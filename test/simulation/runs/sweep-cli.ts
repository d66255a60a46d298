import { Command } from 'commander';
import { runCommand } from '../../../src/entrypoints/cli/run-command.ts';
import { GOLDEN_SCENARIOS, SMALL_SCENARIOS } from './golden-scenarios.ts';
import { ALL_SETUPS, NASTY_FAULTS, sweep, SWEEP_FAULTS, type SweepParts } from './sweep.ts';

const program = new Command('sweep')
  .description(
    'Lets every port call of every golden scenario go wrong, one in a run, in each way and in every setup;\n' +
      'of the small scenarios every pair of calls. Ends with the first run in which something does not hold.',
  )
  .action(run);

async function run(): Promise<void> {
  const all: Omit<SweepParts, 'setups'>[] = [
    ...GOLDEN_SCENARIOS.flatMap((scenario) => SWEEP_FAULTS.map((fault) => ({ scenario, fault }))),
    ...SMALL_SCENARIOS.flatMap((scenario) =>
      NASTY_FAULTS.map((fault) => ({ scenario, fault, second: NASTY_FAULTS })),
    ),
  ];
  const started = performance.now();
  let sum = 0;
  for (const [index, parts] of all.entries()) {
    const runs = await sweep({ ...parts, setups: ALL_SETUPS });
    sum += runs;
    const pairs = parts.second === undefined ? '' : ', then another';
    process.stderr.write(
      `${index + 1} of ${all.length}: ${parts.scenario.name}: ${parts.fault}${pairs}: ${runs} runs\n`,
    );
  }
  const seconds = (performance.now() - started) / 1000;
  process.stdout.write(`${sum} runs in ${seconds.toFixed(0)} s, and everything held\n`);
}

await runCommand(program);

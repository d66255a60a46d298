import { GOLDEN_SCENARIOS } from './golden-scenarios.ts';
import { run } from './run.ts';
import { scriptOf } from './scenario.ts';
import type { Settings } from './settings.ts';
import type { SweepFault } from './sweep-fault.ts';

/** What a failing sweep names. */
interface Named {
  readonly scenario: string;
  readonly settings: Settings;
  readonly faults: readonly (readonly [number, SweepFault])[];
}

const { scenario: name, settings, faults } = JSON.parse(process.argv[2] ?? '') as Named;
const scenario = GOLDEN_SCENARIOS.find((candidate) => candidate.name === name);
if (scenario === undefined) throw new Error(`no scenario is called ${JSON.stringify(name)}`);

const { calls, violation } = await run({ script: scriptOf(scenario), settings, faults: new Map(faults) });
for (const { number, port, entries, fault } of calls)
  process.stdout.write(`${number} ${port} (${entries})${fault === undefined ? '' : `: ${fault}`}\n`);
process.stdout.write(`${violation?.stack ?? 'everything held'}\n`);
process.exitCode = violation === undefined ? 0 : 1;

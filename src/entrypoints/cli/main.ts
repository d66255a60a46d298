import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { adoptStreamCommand } from './adopt-stream/command.ts';
import { backfillCommand } from './backfill/command.ts';
import { buildCommand } from './build/command.ts';
import { consumeCommand } from './consume/command.ts';
import { doctorCommand } from './doctor/command.ts';
import { filtersCommand } from './filters/command.ts';
import { gapsCommand } from './gaps/command.ts';
import { generateCommand } from './generate/command.ts';
import { indexCommand } from './index-documents/command.ts';
import { initCommand } from './init/command.ts';
import { migrateCommand } from './migrate/command.ts';
import { planCommand } from './plan/command.ts';
import { policyCommand } from './policy/command.ts';
import { purgeCommand } from './purge/command.ts';
import { redriveCommand } from './redrive/command.ts';
import { replayCommand } from './replay/command.ts';
import { searchCommand } from './search/command.ts';
import { simulateCommand } from './simulate/command.ts';
import { verifyCommand } from './verify/command.ts';
import { runCommand } from './run-command.ts';
import { watchStrayFailures } from './stray-failures.ts';

const { version, description } = JSON.parse(
  readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
) as { version: string; description: string };

// What only one command needs of packages, it loads when it is called: all of it takes most of a second.
watchStrayFailures('contrail');
await runCommand(
  new Command('contrail')
    .description(description)
    .version(version)
    // Beside the longest of the commands there is less room than it wraps for otherwise.
    .configureHelp({ minWidthToWrap: 30 })
    .addCommand(initCommand)
    .addCommand(replayCommand)
    .addCommand(consumeCommand)
    .addCommand(gapsCommand)
    .addCommand(indexCommand)
    .addCommand(planCommand)
    .addCommand(backfillCommand)
    .addCommand(purgeCommand)
    .addCommand(verifyCommand)
    .addCommand(redriveCommand)
    .addCommand(doctorCommand)
    .addCommand(searchCommand)
    .addCommand(simulateCommand)
    .addCommand(generateCommand)
    .addCommand(buildCommand)
    .addCommand(filtersCommand)
    .addCommand(policyCommand)
    .addCommand(adoptStreamCommand)
    .addCommand(migrateCommand),
);

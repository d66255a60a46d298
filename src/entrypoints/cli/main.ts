import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { Fault } from '../../domain/fault.ts';
import { generateCommand } from './generate/command.ts';
import { replayCommand } from './replay/command.ts';

/** Exit statuses: 0 done, 1 some changes failed or drift was found, 2 wrong usage or configuration. */
const WRONG_USAGE = 2;
const FAILED = 1;

const { version, description } = JSON.parse(
  readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
) as { version: string; description: string };

const program = new Command('contrail')
  .description(description)
  .version(version)
  .showHelpAfterError('(--help shows what there is)')
  .addCommand(replayCommand)
  .addCommand(generateCommand);

for (const command of [program, ...program.commands])
  command.exitOverride().showHelpAfterError('(--help shows what there is)');

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitStatus(error);
}

function exitStatus(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE;
  if (error instanceof Fault && error.kind === 'configuration') {
    process.stderr.write(`contrail: ${error.message}\n`);
    return WRONG_USAGE;
  }
  process.stderr.write(
    `contrail: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  return FAILED;
}

import type { Command } from 'commander';
import { runCommand } from '../../src/entrypoints/cli/run-command.ts';

/** Runs a development command and sets the exit status. */
export async function runLocalCommand(command: Command): Promise<void> {
  // Every client of the SDK would begin with a warning about old versions of Node.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  await runCommand(command);
}

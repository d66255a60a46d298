import { Fault } from '../../src/domain/fault.ts';
import type { Command } from 'commander';
import { runCommand } from '../../src/entrypoints/cli/run-command.ts';
import { javaMissing } from '../servers/java.ts';

/** Runs a development command and sets the exit status. */
export async function runLocalCommand(command: Command): Promise<void> {
  // Every client would say first which versions of Node it will not run on some day.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  await runCommand(command);
}

/** @throws Fault `configuration` saying what to install when Java is missing. */
export function requireJava(): void {
  const missing = javaMissing();
  if (missing !== undefined) throw new Fault('configuration', missing);
}

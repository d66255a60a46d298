import { type Command, CommanderError, InvalidArgumentError } from 'commander';
import { Fault } from '../src/domain/fault.ts';
import { javaMissing } from './java.ts';

/** Exit statuses: 0 done, 1 something failed or drifted, 2 wrong usage or configuration. */
const FAILED = 1;
const WRONG_USAGE = 2;

/** Runs a development command and sets the exit status. */
export async function runCommand(command: Command): Promise<void> {
  // Every client would say first which versions of Node it will not run on some day.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  command.exitOverride().showHelpAfterError('(--help shows what there is)');
  try {
    await command.parseAsync();
  } catch (error) {
    process.exitCode = exitStatus(command.name(), error);
  }
}

/** @throws Fault `configuration` saying what to install when Java is missing. */
export function requireJava(): void {
  const missing = javaMissing();
  if (missing !== undefined) throw new Fault('configuration', missing);
}

/** A whole number from `least`, for commander. */
export function wholeFrom(least: number): (text: string) => number {
  return (text) => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
    if (number >= least) return number;
    throw new InvalidArgumentError(`Expected a whole number from ${least}.`);
  };
}

function exitStatus(name: string, error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE;
  if (error instanceof Error && 'kind' in error && error.kind === 'configuration') {
    process.stderr.write(`${name}: ${error.message}\n`);
    return WRONG_USAGE;
  }
  process.stderr.write(
    `${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  return FAILED;
}

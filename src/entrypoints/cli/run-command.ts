import { type Command, CommanderError } from 'commander';
import { Fault } from '../../domain/fault.ts';
import { FAILED, WRONG_USAGE } from './exit-status.ts';
import { endOnSignals } from './signals.ts';
import { watchStandardStreams } from './standard-streams.ts';

/**
 * Runs a command line to its end and sets the exit status; wrong usage and faults are said in one line on standard
 * error. A closed pipe ends it quietly, a signal by way of the process's `exit` event.
 */
export async function runCommand(program: Command, args = process.argv.slice(2)): Promise<void> {
  watchStandardStreams(program.name());
  endOnSignals();
  for (const command of [program, ...program.commands])
    command
      .exitOverride()
      .showHelpAfterError('(run with --help to see the usage)')
      .description(unwrapped(command.description()));
  const unknown = unknownCommand(program, args);
  try {
    await program.parseAsync(unknown === undefined ? args : [unknown], { from: 'user' });
  } catch (error) {
    process.exitCode = exitStatus(program.name(), error);
  }
}

/** Each paragraph as one line: commander wraps it, and would break lines that are a little too long once more. */
function unwrapped(text: string): string {
  return text.replaceAll(/(?<=\S)\n(?=\S)/g, ' ');
}

/** A command that there is none of, even where help is asked for: commander would give that of the program. */
function unknownCommand({ commands }: Command, args: readonly string[]): string | undefined {
  const words = args.filter((arg) => !arg.startsWith('-'));
  const name = words[0] === 'help' ? words[1] : words[0];
  const known = commands.length === 0 || commands.some((command) => command.name() === name);
  return known ? undefined : name;
}

function exitStatus(name: string, error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE;
  // A fault's message says all that there is to say.
  if (Fault.is(error)) {
    process.stderr.write(`${name}: ${error.message}\n`);
    return error.kind === 'configuration' ? WRONG_USAGE : FAILED;
  }
  process.stderr.write(
    `${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  return FAILED;
}

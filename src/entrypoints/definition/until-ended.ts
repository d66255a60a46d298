import { Fault } from '../../domain/fault.ts';

/** The exit status of wrong configuration. */
const WRONG = 2;

/**
 * Loads a file, and says so when it ends the process, or waits for what never comes: both would
 * else end it without a word.
 *
 * @throws Fault `configuration` when nothing is left that the file could wait for.
 */
export async function untilEnded<T>(load: () => Promise<T>, shown: string): Promise<T> {
  const onExit = (status: number) => {
    // A signal ends it, too, and says so itself.
    if (status > 128) return;
    process.stderr.write(
      `contrail: ${shown} ended the process with process.exit when it was loaded: let it export a definition, and do nothing else\n`,
    );
    process.exitCode = WRONG;
  };
  let onDrained: () => void = () => undefined;
  const drained = new Promise<never>((_, reject) => {
    const problem =
      'it waits for what never comes: look at what is awaited at its top level, or in what it imports';
    onDrained = () => reject(new Fault('configuration', problem));
  });
  process.once('exit', onExit);
  process.once('beforeExit', onDrained);
  try {
    return await Promise.race([load(), drained]);
  } finally {
    process.off('exit', onExit);
    process.off('beforeExit', onDrained);
  }
}

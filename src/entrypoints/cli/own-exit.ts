import { placeInCode } from '../definition/place-in-code.ts';
import { FAILED } from './exit-status.ts';

let isOwn = false;

/** Ends the process, as a command does by itself: with the status so far, unless one is given. */
export function exit(status = process.exitCode): never {
  isOwn = true;
  process.exit(status);
}

/**
 * Says so where code of a definition ends the process while it works, which would else be the end without a word, and
 * perhaps with the status of success.
 *
 * @param lost what does not happen then: `nothing is reported`.
 */
export async function sayingWhoExits<T>(name: string, lost: string, work: () => Promise<T>): Promise<T> {
  const onExit = (status: number) => {
    // A signal ends it, too, and says so itself.
    if (isOwn || status > 128) return;
    // Who called process.exit is still below.
    const place = placeInCode(new Error('exit'));
    const where = place === undefined ? '' : `, in line ${place.line} of ${place.file}`;
    process.stderr.write(
      `${name}: code of the definition ended the process with process.exit${where}, and so ${lost}: throw an error where something is wrong\n`,
    );
    process.exitCode = FAILED;
  };
  process.once('exit', onExit);
  try {
    return await work();
  } finally {
    process.off('exit', onExit);
  }
}

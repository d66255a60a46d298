import { wordsOf } from '../../domain/row-view.ts';
import { OWN, placeInCode } from '../definition/place-in-code.ts';
import { FAILED } from './exit-status.ts';
import { exit } from './own-exit.ts';

/**
 * Says in one message that code which nobody waited for has failed: a promise that was begun and left, or a callback of
 * a timer. Where it is the definition's, the command goes on, to tell what was done; its status says that it failed. After a
 * mistake of Contrail's own, nobody knows what it would do: it ends.
 */
export function watchStrayFailures(name: string): void {
  let said = false;
  process.on('uncaughtException', (error: unknown) => {
    process.exitCode ||= FAILED;
    const place = placeInCode(error);
    const isOurs = place === undefined && error instanceof Error && error.stack?.includes(OWN) === true;
    if (isOurs) {
      process.stderr.write(`${name}: a mistake of ${name} itself, please report it: ${error.stack ?? ''}\n`);
      exit(FAILED);
    }
    if (said) return;
    said = true;
    // Of a package's code, its developers need to know all.
    const words =
      place === undefined && error instanceof Error
        ? (error.stack ?? error.message)
        : `${wordsOf(error)}${place === undefined ? '' : `, in line ${place.line} of ${place.file}`}`;
    process.stderr.write(
      `${name}: code failed that nobody waits for, a promise without await or a callback: ${words}: await it in the effect or the file that begins it\n`,
    );
  });
}

import { BackPressure } from '../../application/back-pressure.ts';
import { Fault } from '../../domain/fault.ts';

/** Of a file system without room: the disk is full, or a quota or a limit on files is reached. */
const NO_ROOM = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
/** What trying again may mend. */
const PASSING = new Set(['EIO', 'EAGAIN', 'EINTR', 'EMFILE', 'ENFILE', 'EBUSY', 'ETIMEDOUT', 'ESTALE']);

/**
 * What the file system refused, as a Fault: `BackPressure` where there is no room, so that callers pause until there is.
 *
 * @param doing such as `writing to /var/search/products.log`.
 */
export function fileFault(doing: string, error: unknown): Fault {
  if (Fault.is(error)) return error;
  const { code = '', message } = error as NodeJS.ErrnoException;
  const options = { cause: error, reason: `${doing}: ${code || message}` };
  if (NO_ROOM.has(code))
    return new BackPressure(`${doing}: there is no room (${code}): make some`, undefined, options);
  if (code === '' || PASSING.has(code)) return new Fault('transient', `${doing}: ${message}`, options);
  return new Fault(
    'configuration',
    `${doing}: ${message}: check that the folder exists, and that this user may read and write it`,
    options,
  );
}

export function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}

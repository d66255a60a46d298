import { isUnreachable } from '../../adapters/postgres/client/database-fault.ts';
import { Fault } from '../../domain/fault.ts';

/**
 * The first that a command asks of a database. A worker waits for a server that is not there, which may be coming up; who calls a command has to say
 * where it is.
 *
 * @throws Fault `configuration` where the server is not there.
 */
export async function whereItIs<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    const { message, reason } = error;
    throw new Fault('configuration', message, { reason, cause: error.cause });
  }
}

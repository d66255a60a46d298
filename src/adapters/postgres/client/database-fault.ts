import type { DatabaseName } from './database.ts';
import { problemOf } from './sql-states.ts';
import { Fault, type FaultKind, type FaultOptions } from '../../../domain/fault.ts';

/** The code with which the function `refuse` of the schema fails a statement. */
export const REFUSED = 'CT001';

/** A failure that PostgreSQL, or the way to it, told of. */
export class DatabaseFault extends Fault {
  /** PostgreSQL's five characters: https://www.postgresql.org/docs/current/errcodes-appendix.html. Undefined where it said none. */
  readonly sqlState: string | undefined;

  constructor(
    kind: FaultKind,
    message: string,
    options: FaultOptions & { readonly sqlState?: string | undefined },
  ) {
    super(kind, message, options);
    this.sqlState = options.sqlState;
  }
}

/** The code of a failure; undefined where it has none, or is no failure of the database. */
export function sqlStateOf(error: unknown): string | undefined {
  return error instanceof DatabaseFault ? error.sqlState : undefined;
}

/** Whether the statement may be tried again as it is: others were at work at the same moment, and nothing of it was done. */
export function isBusy(error: unknown): boolean {
  return error instanceof DatabaseFault && error.kind === 'conflict';
}

/** Whether no server answers where one is looked for. */
export function isUnreachable(error: unknown): error is DatabaseFault {
  return error instanceof DatabaseFault && problemOf(error.sqlState, '') === 'unreachable';
}

/** Somebody has kept the client of a transaction that is over. */
export function afterTransaction({ resource }: DatabaseName): DatabaseFault {
  return new DatabaseFault(
    'configuration',
    `${resource}: a statement came after the end of its transaction`,
    {},
  );
}

/** A statement of a transaction failed, and that was passed over. */
export function rolledBack({ resource }: DatabaseName): DatabaseFault {
  const text = 'a transaction was rolled back, because a statement in it had failed';
  return new DatabaseFault('transient', `${resource}: ${text}`, { reason: `${resource}: ${text}` });
}

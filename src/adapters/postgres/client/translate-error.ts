import { Fault, type FaultKind } from '../../../domain/fault.ts';
import type { DatabaseName } from './database.ts';
import { DatabaseFault } from './database-fault.ts';
import { fileSystemError } from './file-system-error.ts';
import { type Problem, problemOf } from './sql-states.ts';
import { withoutValues } from './without-values.ts';

/** The parts of errors that tell them apart: of Node, of `pg`, of PGlite. */
interface Thrown {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly errors?: readonly Thrown[];
}

const KINDS: Readonly<Record<Problem, FaultKind>> = {
  conflict: 'conflict',
  transient: 'transient',
  disk: 'transient',
  unreachable: 'transient',
  // Until it is promoted, or the way leads to the one that was.
  readOnly: 'transient',
  data: 'permanent',
  authentication: 'configuration',
  database: 'configuration',
  permission: 'configuration',
  schema: 'configuration',
  unsupported: 'configuration',
  tls: 'configuration',
};

const ADVICE: Readonly<Record<Problem, (variable: string) => string>> = {
  conflict: () => '',
  transient: () => '',
  data: () => '',
  disk: () => '; free or add space on the disk of the server',
  unreachable: (variable) => `; check that the server runs, the network, and ${variable}`,
  authentication: (variable) =>
    `; check user and password in ${variable}, or in PGUSER and PGPASSWORD, and the server's pg_hba.conf`,
  database: (variable) => `; create the database, or name another in ${variable}`,
  permission: () => '; grant the user what is missing',
  schema: () =>
    '; run contrail migrate, and check that the schema and the prefix are those of this worker, and that nobody has changed its tables',
  readOnly: (variable) =>
    `; it is a replica: name the primary in ${variable}, or wait until this one is promoted`,
  unsupported: (variable) => `; name a server of PostgreSQL 15 or later in ${variable}`,
  tls: (variable) =>
    `; check sslmode, sslrootcert and sslcert in ${variable}, or in PGSSLMODE, PGSSLROOTCERT and PGSSLCERT`,
};

/**
 * What a client threw, as a Fault whose message says what to do; the error is its `cause`, without values that it cites. A Fault stays the Fault it is. What
 * nothing is known about is `transient`, which is safe.
 *
 * `permanent` where a value is refused: an error does not say which of many, so that a statement for many must be tried again in parts.
 */
export function translateError(thrown: unknown, { resource, variable }: DatabaseName): Fault {
  if (Fault.is(thrown)) return thrown;
  const error = withoutValues(thrown);
  const { code, message } = said(error);
  const problem = problemOf(code, message);
  const quote = redact(message).replaceAll(/\s+/g, ' ').slice(0, 300);
  const text = `${resource}: ${quote}${code === undefined ? '' : ` (${code})`}`;
  return new DatabaseFault(
    problem === undefined ? 'transient' : KINDS[problem],
    text + (problem === undefined ? '' : ADVICE[problem](variable)),
    {
      reason: `${resource}: ${problem ?? 'failed'}${code === undefined ? '' : ` (${code})`}`,
      sqlState: code,
      cause: error,
    },
  );
}

/** Where a host has several addresses, only the errors of the single attempts say what is wrong. */
function said(error: unknown): { readonly code: string | undefined; readonly message: string } {
  const thrown = error as Thrown | null | undefined;
  const first = thrown?.errors?.[0];
  const code = [thrown?.code, first?.code].find((one) => typeof one === 'string');
  const messages = [thrown?.message, first?.message, fileSystemError(error), String(error)];
  const message = messages.find((one) => typeof one === 'string' && one !== '');
  return { code: code, message: message as string };
}

/** The text without passwords: of a URL, all up to the last `@`, as one that is not encoded may hold some. */
export function redact(text: string): string {
  return text
    .replaceAll(/(:\/\/[^\s:/@]*):\S*@/g, '$1:[redacted]@')
    .replaceAll(/(password["']?\s*[:=]\s*)(?:'[^']*'|"[^"]*"|[^\s&,'"]+)/gi, '$1[redacted]');
}

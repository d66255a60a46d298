import { namesOf } from '../adapters/postgres/schema/names.ts';
import { TLS_VARIABLES, type TlsParameters } from '../adapters/postgres/client/tls-parameters.ts';
import { type Environment, EnvironmentReader } from './environment-reader.ts';

/** Where a database is, and its tables in it. */
export interface DatabaseSettings {
  /** `postgres://…`, or `pglite:FOLDER`, or `pglite:` for one in memory. It may hold a password. */
  readonly url: string;
  /** The schema that the tables are in. */
  readonly schema: string;
  /** What the name of each table begins with. */
  readonly prefix: string;
  /** Connections at a time. */
  readonly connections: number;
  /** Whether records that can never be handled go into a table; otherwise they block. */
  readonly hasQuarantine: boolean;
  /** What libpq's variables say of TLS, where the URL says nothing. */
  readonly tls?: TlsParameters;
}

/**
 * Reads and checks what it takes to reach the database of `BACKEND=postgres`.
 *
 * @throws Fault `configuration` that names every variable that is wrong or missing. None cites the URL.
 */
export function readDatabaseSettings(environment: Environment): DatabaseSettings {
  const reader = new EnvironmentReader(environment);
  return reader.finish(databaseSettings(reader));
}

export function databaseSettings(reader: EnvironmentReader): DatabaseSettings {
  const schema = reader.optional('DATABASE_SCHEMA') ?? 'contrail';
  const prefix = reader.optional('DATABASE_PREFIX') ?? '';
  reader.passes(() => namesOf({ schema, prefix }));
  return {
    url: reader.required(
      'DATABASE_URL',
      'postgres://USER:PASSWORD@HOST:5432/DATABASE, or pglite:FOLDER for an embedded database',
    ),
    schema,
    prefix,
    connections: reader.integer('DATABASE_CONNECTIONS', { min: 1, max: 1_000, fallback: 10 }),
    hasQuarantine: reader.enum('DATABASE_QUARANTINE', ['true', 'false'], 'false') === 'true',
    ...tlsVariables(reader),
  };
}

/** What `PGSSLMODE`, `PGSSLROOTCERT`, `PGSSLCERT` and `PGSSLKEY` say, where any of them is set. */
export function tlsVariables(reader: EnvironmentReader): Pick<DatabaseSettings, 'tls'> {
  const set = Object.entries(TLS_VARIABLES).flatMap(([name, variable]) => {
    const value = reader.optional(variable);
    return value === undefined ? [] : [[name, value] as const];
  });
  return set.length === 0 ? {} : { tls: Object.fromEntries(set) };
}

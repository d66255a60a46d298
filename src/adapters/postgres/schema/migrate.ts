import { Fault } from '../../../domain/fault.ts';
import type { Database, Queryable } from '../client/database.ts';
import { sqlStateOf } from '../client/database-fault.ts';
import type { Migration } from './migration.ts';
import { MIGRATIONS } from './migrations.ts';
import type { Names } from './names.ts';

export interface MigrateOptions {
  readonly signal?: AbortSignal | undefined;
  readonly migrations?: readonly Migration[];
}

/** What a migration came to: the schema's form before and after; 0 where there was none. */
export interface Migrated {
  readonly from: number;
  readonly to: number;
}

/** What a database says of itself. */
interface Found {
  readonly hasSchema: boolean;
  readonly hasTables: boolean;
  /** The form of the tables; 0 where there are none. */
  readonly version: number;
}

/** The first that has all that is used here. */
const OLDEST_SERVER = 15;
const PRIVILEGE = '42501';
const READ_ONLY = '25006';

/**
 * Brings the schema to the form that this version of Contrail works with: every step once, in their order, all of them or
 * none. Of several that start at once one does it, and the others wait. Safe to repeat: two small reads where nothing is to be done.
 *
 * @throws Fault `configuration` when the server is older than PostgreSQL 15, or the database's encoding is not UTF8, or the tables are of a form that only a later
 *   version knows, or the user may not create them: then with the statements that somebody else can run.
 */
export async function migrate(
  database: Database,
  names: Names,
  { signal, migrations = MIGRATIONS }: MigrateOptions = {},
): Promise<Migrated> {
  const latest = migrations.length;
  const before = await lookAt(queryableOf(database, signal), names, latest);
  if (before.version === latest) return { from: latest, to: latest };
  try {
    const work = async (client: Queryable) => {
      await client.query('set local statement_timeout = 0; set local lock_timeout = 0');
      await client.query('select pg_advisory_xact_lock(hashtextextended($1::text, 0))::text', [
        `contrail ${names.migrations}`,
      ]);
      const now = await lookAt(client, names, latest);
      for (const statement of statementsFrom(now, names, migrations)) await client.query(statement);
      return { from: now.version, to: latest };
    };
    // A step over large tables takes its time, and so does waiting for somebody else's, whatever other statements may.
    return await database.transaction(work, signal, { isLong: true });
  } catch (error) {
    // At the start that is more likely a wrong setting than a failover, after which whatever starts it does so again.
    if (sqlStateOf(error) === READ_ONLY) throw asConfiguration(error as Fault);
    if (sqlStateOf(error) !== PRIVILEGE) throw error;
    throw notAllowed(error as Fault, statementsFrom(before, names, migrations));
  }
}

/** What `migrate` would run, as one transaction: empty where nothing is to be done. @throws Fault as `migrate` does. */
export async function migrationScript(
  database: Database,
  names: Names,
  { signal, migrations = MIGRATIONS }: MigrateOptions = {},
): Promise<string> {
  const found = await lookAt(queryableOf(database, signal), names, migrations.length);
  return scriptOf(statementsFrom(found, names, migrations));
}

/**
 * Looks whether the schema has the form that this version works with, and changes nothing.
 *
 * @throws Fault `configuration` when it has not, and as `migrate` does.
 */
export async function checkForm(database: Database, names: Names): Promise<void> {
  const latest = MIGRATIONS.length;
  const { hasTables, version } = await lookAt(database, names, latest);
  if (version === latest) return;
  const { resource, variable } = database.name;
  const found = hasTables
    ? `the tables in the schema ${names.schema} of ${resource} are of form ${version}, and this version of Contrail needs form ${latest}`
    : `${resource} has no tables of Contrail in the schema ${names.schema}`;
  throw new Fault(
    'configuration',
    `${found}: run contrail migrate, or check ${variable}, and the schema and the prefix`,
    { reason: 'the database has not the tables of this version' },
  );
}

/** For somebody who runs it by hand. */
function scriptOf(statements: readonly string[]): string {
  return statements.length === 0 ? '' : `${['begin', ...statements, 'commit'].join(';\n\n')};\n`;
}

function queryableOf(database: Database, signal: AbortSignal | undefined): Queryable {
  return { query: (text, values) => database.query(text, values, signal) };
}

/** The statements that make the tables from nothing, or from another form. */
function statementsFrom(
  { hasSchema, hasTables, version: from }: Found,
  names: Names,
  migrations: readonly Migration[],
): readonly string[] {
  const table = `create table ${names.migrations} (
  version integer primary key,
  applied_at timestamptz not null default now()
)`;
  return [
    ...(hasSchema ? [] : [`create schema ${names.schema}`]),
    ...(hasTables ? [] : [table]),
    ...migrations
      .filter(({ version }) => version > from)
      .flatMap(({ version, statements }) => [
        ...statements(names),
        `insert into ${names.migrations} (version) values (${version})`,
      ]),
  ];
}

async function lookAt(client: Queryable, names: Names, latest: number): Promise<Found> {
  const [found] = await client.query<{
    server: string;
    encoding: string;
    schema: string | null;
    migrations: string | null;
  }>(
    // From the catalog's own tables: functions such as to_regclass answer from a cache, which may be older than a lock.
    `select current_setting('server_version_num') as server, current_setting('server_encoding') as encoding,
  (select nspname::text from pg_namespace where nspname = $1) as schema,
  (
    select relname::text from pg_class join pg_namespace n on n.oid = relnamespace where nspname = $1 and relname = $2
  ) as migrations`,
    [names.schemaName, `${names.prefix}migrations`],
  );
  const server = Math.floor(Number(found?.server) / 10_000);
  if (!(server >= OLDEST_SERVER))
    throw new Fault(
      'configuration',
      `the server is PostgreSQL ${server}, and Contrail needs ${OLDEST_SERVER} or later: upgrade it, or name another`,
    );
  // In another one, each row with a character that it lacks would be taken for poison.
  if (found?.encoding !== 'UTF8')
    throw new Fault(
      'configuration',
      `the encoding of the database is ${found?.encoding}, and Contrail needs UTF8, which has all characters: ` +
        `create one by create database NAME encoding 'UTF8' template template0, and name it`,
      { reason: 'the encoding of the database is not UTF8' },
    );
  const [hasSchema, hasTables] = [typeof found.schema === 'string', typeof found.migrations === 'string'];
  if (!hasTables) return { hasSchema, hasTables, version: 0 };
  const [newest] = await client.query<{ version: number }>(
    `select coalesce(max(version), 0) as version from ${names.migrations}`,
  );
  const version = newest?.version ?? 0;
  if (version <= latest) return { hasSchema, hasTables, version };
  throw new Fault(
    'configuration',
    `the tables in the schema ${names.schema} are of form ${version}, and this version of Contrail knows none after ${latest}: ` +
      'a later version has made them; deploy that one',
    { reason: 'the database has a form that this version does not know' },
  );
}

function asConfiguration({ message, reason, cause }: Fault): Fault {
  return new Fault('configuration', message, { reason, cause });
}

function notAllowed(fault: Fault, statements: readonly string[]): Fault {
  return new Fault(
    'configuration',
    `${fault.message}: it may not make the tables that Contrail needs. Let somebody who may run this, and then grant the user ` +
      `usage of the schema, and select, insert, update and delete on its tables:\n\n${scriptOf(statements)}`,
    { reason: fault.reason, cause: fault.cause },
  );
}

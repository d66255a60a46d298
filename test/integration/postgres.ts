import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { Database } from '../../src/adapters/postgres/client/database.ts';
import { openDatabase } from '../../src/adapters/postgres/client/open-database.ts';
import { migrate } from '../../src/adapters/postgres/schema/migrate.ts';
import { type Names, namesOf } from '../../src/adapters/postgres/schema/names.ts';

/** A database, and where its tables are: those of this process, which are dropped at its end. */
export interface TestDatabase {
  readonly database: Database;
  readonly names: Names;
}

/** A database that tests run on. */
export interface PostgresKind {
  readonly name: 'PGlite' | 'PostgreSQL';
  readonly url: string;
  /** What it lacks here, in words. */
  readonly missing: string | undefined;
  /** The database of this process, opened by the first that asks. Tests keep to keys of their own. */
  readonly shared: () => Promise<TestDatabase>;
  /** Tables of one test's own, in the same database. */
  readonly own: () => Promise<TestDatabase & { readonly close: () => Promise<unknown> }>;
  /** The same, of a test that changes nothing but rows: sooner there, as it has the tables of one that has ended, emptied. */
  readonly emptied: () => Promise<TestDatabase & { readonly close: () => unknown }>;
}

const PREFIX = 'contrail_test_';
/** Begins with the hour, so that what a process has left that was killed can be told from what another one uses. */
const HOUR = Math.floor(Date.now() / 3_600_000);
const SCHEMA = `${PREFIX}${HOUR}_${randomUUID().slice(0, 8)}`;
const SERVER_URL = process.env['TEST_DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test';

export const PGLITE = kindOf('PGlite', 'pglite:', undefined);
export const SERVER = kindOf('PostgreSQL', SERVER_URL, serverMissing());

function kindOf(
  name: PostgresKind['name'],
  url: string,
  missing: string | undefined,
): PostgresKind & { readonly end: () => Promise<unknown> } {
  let running: Promise<TestDatabase> | undefined;
  let others = 0;
  const free: TestDatabase[] = [];
  const shared = () => (running ??= openedAt(url));
  const added = async () => {
    const { database } = await shared();
    const names = namesOf({ schema: `${SCHEMA}_${++others}` });
    await migrate(database, names);
    return { database, names };
  };
  return {
    ...{ name, url, missing, shared },
    own: async () => {
      const { database, names } = await added();
      return { database, names, close: () => database.query(`drop schema ${names.schema} cascade`) };
    },
    emptied: async () => {
      const one = free.pop() ?? (await added());
      const { database, names } = one;
      const { states, counts, derived_rows, table_generations, source_rows, pointers, documents } = names;
      await database.query(
        [states, counts, derived_rows, table_generations, source_rows, pointers, documents]
          .map((table) => `delete from ${table}`)
          .join(';'),
      );
      return { ...one, close: () => free.push(one) };
    },
    end: async () => {
      if (running === undefined) return;
      const { database, names } = await running;
      for (const one of [names, ...free.map((each) => each.names)])
        await database.query(`drop schema if exists ${one.schema} cascade`);
      await database.close();
    },
  };
}

async function openedAt(url: string): Promise<TestDatabase> {
  const database = await openDatabase({ url, variable: 'TEST_DATABASE_URL' });
  const names = namesOf({ schema: SCHEMA });
  await dropLeftOver(database);
  await migrate(database, names);
  return { database, names };
}

/** Processes of a parallel run are killed in the end. */
async function dropLeftOver(database: Database): Promise<void> {
  const schemas = await database.query<{ name: string }>(
    `select nspname::text as name from pg_namespace where nspname like '${PREFIX}%'`,
  );
  for (const { name } of schemas)
    if (Number(name.slice(PREFIX.length).split('_')[0]) < HOUR - 1)
      await database.query(`drop schema if exists "${name}" cascade`);
}

/** What a server lacks here, in words; in CI it must run. */
function serverMissing(): string | undefined {
  if (process.env['CI'] !== undefined) return undefined;
  const { hostname, port } = new URL(SERVER_URL);
  const script = `require('node:net').connect(${port === '' ? '5432' : port}, ${JSON.stringify(hostname)}, () => process.exit(0)).on('error', () => process.exit(1))`;
  if (spawnSync(process.execPath, ['-e', script], { timeout: 5_000 }).status === 0) return undefined;
  return `no PostgreSQL at ${hostname}: install postgresql (15 or later), and set TEST_DATABASE_URL to a database of it`;
}

// A process of a parallel run takes file after file: there they last as long as the process. Commands end them themselves.
if ('after' in globalThis && process.env['MOCHA_WORKER_ID'] === undefined)
  after(async function () {
    this.timeout(180_000);
    await Promise.all([PGLITE.end(), SERVER.end()]);
  });

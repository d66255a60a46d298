import { mkdir, readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Fault } from '../../../domain/fault.ts';
import { FolderLock } from '../../files/folder-lock.ts';
import type { Database, DatabaseName } from './database.ts';
import { EmbeddedDatabase } from './embedded-database.ts';
import { ServerDatabase } from './server-database.ts';
import { translateError } from './translate-error.ts';

/** How a database is reached. */
export interface DatabaseOptions {
  /** `postgres://…`, or `pglite:FOLDER`, or `pglite:` for one in memory. */
  readonly url: string;
  /** What gave the URL, for messages; `DATABASE_URL`, unless given. */
  readonly variable?: string | undefined;
  /** Connections at a time; 10, unless given. An embedded database has one. */
  readonly connections?: number | undefined;
}

const EMBEDDED = 'pglite:';
const SERVER = /^postgres(?:ql)?:\/\//;

/** Longer than a server lets a statement wait for others, unless it has been told otherwise: then it is not there any more. */
const ANSWER_MS = 60_000;
const CONNECT_MS = 10_000;

/**
 * Opens a database: connects to a server when it is first asked, and starts an embedded one at once.
 *
 * @throws Fault `configuration` for a URL that is none, a package that is not installed, a folder that is in use or holds something else.
 */
export async function openDatabase({
  url,
  variable = 'DATABASE_URL',
  connections = 10,
}: DatabaseOptions): Promise<Database> {
  if (url.startsWith(EMBEDDED)) return openEmbedded(url.slice(EMBEDDED.length), variable);
  return openServer(url, variable, connections);
}

async function openServer(url: string, variable: string, max: number): Promise<Database> {
  const name = { resource: describeServer(url, variable), variable };
  const { Client, Pool } = await import('pg').catch(notInstalled('pg'));
  const client = {
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: ANSWER_MS,
    keepAlive: true,
    application_name: 'contrail',
  };
  const pool = new Pool({
    ...client,
    max,
    // An idle connection keeps no process from ending.
    allowExitOnIdle: true,
  });
  return new ServerDatabase(pool, name, () => new Client(client));
}

/** What to call a server; never the URL itself, nor what an error says of it: it may hold a password. */
function describeServer(url: string, variable: string): string {
  const wrong = (problem: string) =>
    new Fault(
      'configuration',
      `${variable} ${problem}; set it to postgres://USER:PASSWORD@HOST:5432/DATABASE, to pglite:FOLDER for an embedded database, or to pglite: for one in memory`,
    );
  if (!SERVER.test(url)) throw wrong('is neither a postgres: nor a pglite: URL');
  if (!URL.canParse(url) || !isEncoded(new URL(url)))
    throw wrong('is no valid URL: signs such as @, /, # and % in a password must be percent-encoded');
  const { hostname, port, pathname, searchParams } = new URL(url);
  const database = pathname.slice(1);
  if (database === '') throw wrong('names no database');
  const host = hostname === '' ? (searchParams.get('host') ?? 'localhost') : hostname;
  return `database ${database} at ${host}${host.startsWith('/') ? '' : `:${port === '' ? '5432' : port}`}`;
}

/** Of `postgres://me:12/34@host/app`, which is valid, part of the password would be taken for the database, and cited. */
function isEncoded({ username, password, pathname, searchParams, hash }: URL): boolean {
  const hasOthers = [pathname.slice(1), ...searchParams.keys()].some((part) => /[@/]/.test(part));
  try {
    return !hasOthers && hash === '' && decodeURIComponent(username + password + pathname) !== '';
  } catch {
    return false;
  }
}

async function openEmbedded(path: string, variable: string): Promise<Database> {
  const { PGlite } = await import('@electric-sql/pglite').catch(notInstalled('@electric-sql/pglite'));
  if (path === '') {
    const name = { resource: 'embedded database in memory', variable };
    return new EmbeddedDatabase(await started(() => PGlite.create(), name), name);
  }
  const folder = resolve(path);
  const name = { resource: `embedded database in ${folder}`, variable };
  const lock = await lockedFolder(folder, name);
  try {
    const pglite = await started(() => PGlite.create(folder), name);
    return new EmbeddedDatabase(pglite, name, () => lock.release());
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function lockedFolder(folder: string, name: DatabaseName): Promise<FolderLock> {
  try {
    await mkdir(folder, { recursive: true });
    const files = await readdir(folder);
    if (files.length > 0 && !files.includes('PG_VERSION'))
      throw new Fault(
        'configuration',
        `${name.resource}: the folder holds something else; set ${name.variable} to one that is empty, or does not exist`,
      );
    // Beside it: PGlite starts in no folder that holds something else.
    return await FolderLock.acquire(`${folder}.lock`);
  } catch (error) {
    if (Fault.is(error)) throw error;
    const { message } = error as Error;
    throw new Fault(
      'configuration',
      `${name.resource}: ${message}; set ${name.variable} to a folder that can be written to`,
      { cause: error },
    );
  }
}

async function started<T>(start: () => Promise<T>, name: DatabaseName): Promise<T> {
  try {
    return await start();
  } catch (error) {
    const { message } = translateError(error, name);
    throw new Fault(
      'configuration',
      `${message}; it cannot be started: if its folder was made by another version of PGlite, use that version, or another folder`,
      { cause: error },
    );
  }
}

/** Caught where it is imported, so that who bundles a function without PostgreSQL is not told that a package is missing. */
function notInstalled(name: string): (error: unknown) => never {
  return (error) => {
    throw new Fault('configuration', `the package ${name} cannot be loaded: run npm install ${name}`, {
      cause: error,
    });
  };
}

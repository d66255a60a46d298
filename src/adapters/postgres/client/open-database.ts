import { mkdir, readdir, realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Fault } from '../../../domain/fault.ts';
import { codeOf } from '../../files/file-fault.ts';
import { FolderLock } from '../../files/folder-lock.ts';
import type { Database, DatabaseName } from './database.ts';
import { EmbeddedDatabase } from './embedded-database.ts';
import { fileSystemError } from './file-system-error.ts';
import { notInstalled } from './not-installed.ts';
import { openServer } from './open-server.ts';
import { translateError } from './translate-error.ts';
import type { TlsParameters } from './tls-parameters.ts';

/** How a database is reached. */
export interface DatabaseOptions {
  /** `postgres://…`, or `pglite:FOLDER`, or `pglite:` for one in memory. */
  readonly url: string;
  /** What gave the URL, for messages; `DATABASE_URL`, unless given. */
  readonly variable?: string | undefined;
  /** Connections at a time; 10, unless given. An embedded database has one. */
  readonly connections?: number | undefined;
  /** What libpq's variables say of TLS; the URL goes first. */
  readonly tls?: TlsParameters | undefined;
  /** Whether an embedded database must be there already; unless given, it is made where it is not. */
  readonly isThere?: boolean | undefined;
}

const EMBEDDED = 'pglite:';

/**
 * Opens a database: connects to a server when it is first asked, and starts an embedded one at once.
 *
 * @throws Fault `configuration` for a URL that is none, a package that is not installed, a folder that is in use or holds something else.
 */
export async function openDatabase({
  url,
  variable = 'DATABASE_URL',
  connections = 10,
  tls = {},
  isThere = false,
}: DatabaseOptions): Promise<Database> {
  if (url.startsWith(EMBEDDED)) return openEmbedded(url.slice(EMBEDDED.length), variable, isThere);
  return openServer(url, { variable, connections, tls });
}

async function openEmbedded(path: string, variable: string, isThere: boolean): Promise<Database> {
  const { PGlite } = await import('@electric-sql/pglite').catch(notInstalled('@electric-sql/pglite'));
  if (path === '') {
    const name = { resource: 'embedded database in memory', variable };
    return new EmbeddedDatabase(await started(() => PGlite.create(), name), name);
  }
  // What a URL of another kind would call a folder here would be one at the root.
  if (path.startsWith('//'))
    throw new Fault(
      'configuration',
      `${variable} has // behind pglite:, where the path of a folder goes: set it to pglite:FOLDER, as in pglite:data or pglite:/var/lib/data`,
    );
  const folder = resolve(path);
  const name = { resource: `embedded database in ${folder}`, variable };
  const lock = await lockedFolder(folder, name, isThere);
  try {
    const pglite = await started(() => PGlite.create(folder), name);
    return new EmbeddedDatabase(pglite, name, () => lock.release());
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function lockedFolder(folder: string, name: DatabaseName, isThere: boolean): Promise<FolderLock> {
  try {
    if (!isThere) await mkdir(folder, { recursive: true });
    const files = await filesIn(folder);
    if (isThere && files.length === 0)
      throw new Fault(
        'configuration',
        `${name.resource}: there is none; set ${name.variable} to the folder of one, or make it by contrail migrate`,
      );
    if (files.length > 0 && !files.includes('PG_VERSION'))
      throw new Fault(
        'configuration',
        `${name.resource}: the folder holds something else; set ${name.variable} to one that is empty, or does not exist`,
      );
    // Beside it: PGlite starts in no folder that holds something else. By whatever link it is named, it has one lock.
    return await FolderLock.acquire(`${await realpath(folder)}.lock`);
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

/** None, where there is no folder. */
async function filesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    return [];
  }
}

async function started<T>(start: () => Promise<T>, name: DatabaseName): Promise<T> {
  try {
    return await start();
  } catch (error) {
    const ofFiles = fileSystemError(error);
    if (ofFiles !== undefined)
      throw new Fault(
        'configuration',
        `${name.resource}: ${ofFiles}; see that all files in it can be read and written by this process, or set ${name.variable} to another folder`,
        { cause: error },
      );
    const { message } = translateError(error, name);
    throw new Fault(
      'configuration',
      `${message}; it cannot be started: if its folder was made by another version of PGlite, use that version, or another folder`,
      { cause: error },
    );
  }
}

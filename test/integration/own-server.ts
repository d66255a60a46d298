import { type ChildProcess, execFile, type ExecFileOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { appendFile, chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

/** How a server is stopped: when all connections are closed at once, or as if its machine lost power. */
export type Stop = 'fast' | 'immediate';

/** A server of PostgreSQL of a test's own, which may be stopped, started and set up without anybody else noticing. */
export interface OwnServer {
  readonly port: number;
  /** Where its files are. */
  readonly data: string;
  /** @returns as its superuser, to a database of it. */
  url(parts?: { readonly host?: string; readonly database?: string }): string;
  stop(how: Stop): Promise<void>;
  /** Resolves once it takes connections; a standby's are for reading. */
  start(): Promise<void>;
  /** Stops it and deletes all that it has. */
  remove(): Promise<void>;
}

const BINARIES = binaries();

/** What is missing here to start one, in words; in CI it must be there. */
export const OWN_SERVER_MISSING =
  BINARIES === undefined ? 'no initdb and postgres here: install postgresql (15 or later)' : undefined;

const USER = 'postgres';
const READY = /database system is ready to accept (?:read-only )?connections/;

/**
 * @param settings lines of its postgresql.conf.
 * @param files further files of its folder, which only its user can read, by their names.
 */
export async function ownServer(
  settings: readonly string[] = [],
  files: Readonly<Record<string, string>> = {},
): Promise<OwnServer> {
  return begun(settings, async ({ data, run, own }) => {
    const flags = ['--no-sync', '--auth=trust', '--encoding=UTF8', '--locale=C', `--username=${USER}`];
    await run('initdb', [...flags, '-D', data]);
    for (const [name, content] of Object.entries(files)) {
      await writeFile(join(data, name), content, { mode: 0o600 });
      await own(join(data, name));
    }
  });
}

/** A server that follows another, which runs, and takes no writes until it is promoted. */
export async function standbyOf(primary: OwnServer): Promise<OwnServer> {
  return begun([], ({ data, run }) =>
    run('pg_basebackup', [
      '-d',
      primary.url(),
      '-D',
      data,
      '--write-recovery-conf',
      '--checkpoint=fast',
      '--no-sync',
    ]),
  );
}

interface Making {
  readonly data: string;
  /** Runs a program of PostgreSQL. */
  readonly run: (program: string, args: readonly string[]) => Promise<unknown>;
  /** Gives a file to who runs the server. */
  readonly own: (path: string) => Promise<void>;
}

/** @param make makes the files of the server. */
async function begun(
  settings: readonly string[],
  make: (making: Making) => Promise<unknown>,
): Promise<OwnServer> {
  const folder = await mkdtemp(join(tmpdir(), 'contrail-server-'));
  const data = join(folder, 'data');
  // PostgreSQL refuses to run as root.
  const as = process.getuid?.() === 0 ? await otherUser() : undefined;
  const own = async (path: string) => {
    if (as !== undefined) await chown(path, as.uid, as.gid);
  };
  await own(folder);
  const options: ExecFileOptions = { cwd: folder, ...as };
  const run = (program: string, args: readonly string[]) =>
    promisify(execFile)(join(BINARIES ?? '', program), [...args], options);
  await make({ data, run, own });
  const port = await freePort();
  const lines = [
    `port = ${port}`,
    `listen_addresses = '127.0.0.1'`,
    `unix_socket_directories = ''`,
    ...settings,
  ];
  await appendFile(join(data, 'postgresql.conf'), `${lines.join('\n')}\n`);
  let running: ChildProcess | undefined;

  const start = async () => {
    const child = spawn(join(BINARIES ?? '', 'postgres'), ['-D', data], {
      ...{ cwd: folder, ...as },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    running = child;
    let log = '';
    await new Promise<void>((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', () => reject(new Error(`the server did not start: ${log}`)));
      child.stderr.on('data', (chunk: Buffer) => {
        log += chunk.toString();
        if (READY.test(log)) resolve();
      });
    });
  };
  const stop = async (how: Stop) => {
    const child = running;
    if (child === undefined || child.exitCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await gone;
    running = undefined;
  };
  await start();
  return {
    ...{ port, data, start, stop },
    url: ({ host = '127.0.0.1', database = 'postgres' } = {}) =>
      `postgres://${USER}@${host}:${port}/${database}`,
    remove: async () => {
      await stop('immediate');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function binaries(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).toSorted((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(delimiter),
  ];
  return folders.find((folder) =>
    ['initdb', 'pg_basebackup', 'postgres'].every((name) => existsSync(join(folder, name))),
  );
}

/** The one that the system's own server has, or else nobody. */
async function otherUser(): Promise<{ readonly uid: number; readonly gid: number }> {
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const found = ['postgres', 'nobody'].flatMap((name) => users.filter((user) => user[0] === name)).at(0);
  return { uid: Number(found?.[2]), gid: Number(found?.[3]) };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

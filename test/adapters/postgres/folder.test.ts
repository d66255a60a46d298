import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { openDatabase } from '../../../src/adapters/postgres/client/open-database.ts';
import { translateError } from '../../../src/adapters/postgres/client/translate-error.ts';
import { FolderLock } from '../../../src/adapters/files/folder-lock.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { emptyDatabaseIn } from '../../support/embedded-database.ts';
import { range } from '../../support/range.ts';

const LOCK = pathToFileURL('src/adapters/files/folder-lock.ts').href;

describe('the folder of an embedded database', function () {
  this.timeout(180_000);
  let parent: string;
  let folder: string;

  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'contrail-folder-'));
    folder = join(parent, 'data');
  });

  afterEach(() => rm(parent, { recursive: true, force: true }));

  async function faultOf(work: Promise<unknown>): Promise<Fault> {
    const found = await work.catch((error: unknown) => error);
    if (!Fault.is(found)) throw new Error(`no Fault, but ${String(found)}`);
    expect(found.kind).to.equal('configuration');
    return found;
  }

  /** Another process that has locked the folder. */
  async function aHolder() {
    const script = `import(${JSON.stringify(LOCK)}).then(({ FolderLock }) => FolderLock.acquire(${JSON.stringify(`${folder}.lock`)})).then(() => { console.log('locked'); setInterval(() => {}, 1000); })`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    return child;
  }

  const open = () => openDatabase({ url: `pglite:${folder}` });

  it('is locked by another process, and free again when that was killed', async () => {
    const holder = await aHolder();
    try {
      expect((await faultOf(open())).message).to.contain(
        `${folder}.lock is held by process ${holder.pid}, and only one may write in its folder`,
      );
    } finally {
      holder.kill('SIGKILL');
    }
    await once(holder, 'exit');
    const lock = await FolderLock.acquire(`${folder}.lock`);
    expect(JSON.parse(await readFile(`${folder}.lock`, 'utf8'))).to.have.property('pid', process.pid);
    await lock.release();
  });

  it('is taken over by one of several that ask for it at once, where its process is there no more', async () => {
    // Each a little later than the one before: what one takes away may be what another has just put there.
    const acquire = async (after: number) => {
      for (let turn = 0; turn < after; turn++) await setImmediate();
      return FolderLock.acquire(`${folder}.lock`);
    };
    for (const apart of range(20)) {
      await writeFile(`${folder}.lock`, JSON.stringify({ pid: 2 ** 22 + 1, host: hostname(), token: 'x' }));
      const asked = await Promise.allSettled(range(8).map((n) => acquire(n * apart)));
      const locks = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      expect(locks, `${apart} turns apart`).to.have.length(1);
      await locks[0]!.check();
      await locks[0]!.release();
      expect(await readdir(parent)).to.deep.equal([]);
    }
  });

  it('is not taken from a process that cannot be asked', async () => {
    for (const [content, said] of [
      [{ pid: 1, host: 'another-machine', token: 'x' }, 'is held by process 1 on another-machine'],
      ['nonsense', "is no lock of contrail's: take it away if nothing writes in its folder"],
    ] as const) {
      await writeFile(`${folder}.lock`, JSON.stringify(content));
      expect((await faultOf(open())).message).to.contain(`${folder}.lock ${said}`);
      expect(await readFile(`${folder}.lock`, 'utf8')).to.equal(JSON.stringify(content));
    }
  });

  it('has one lock, by whatever link it is named', async () => {
    await mkdir(folder);
    await symlink(folder, join(parent, 'link'));
    const lock = await FolderLock.acquire(`${await realpath(folder)}.lock`);
    const { message } = await faultOf(openDatabase({ url: `pglite:${join(parent, 'link')}` }));
    expect(message).to.contain(`data.lock is held by this process (${process.pid})`);
    await lock.release();
  });

  it('is a path, and no URL of a host', async () => {
    const { message } = await faultOf(openDatabase({ url: 'pglite://data' }));
    expect(message).to.equal(
      'DATABASE_URL has // behind pglite:, where the path of a folder goes: set it to pglite:FOLDER, as in pglite:data or pglite:/var/lib/data',
    );
  });

  it('may have files that cannot be read, which is told in words', () => {
    const name = { resource: 'embedded database in /data', variable: 'DATABASE_URL' };
    // As PGlite throws it: with neither a message nor a stack.
    const { message, kind } = translateError({ name: 'ErrnoError', errno: 2 }, name);
    expect([message, kind]).to.deep.equal([
      'embedded database in /data: permission denied (EACCES)',
      'transient',
    ]);
  });

  it('must be empty, or one of PGlite', async () => {
    await writeFile(join(parent, 'letter.txt'), 'dear');
    const { message } = await faultOf(openDatabase({ url: `pglite:${parent}` }));
    expect(message).to.equal(
      `embedded database in ${parent}: the folder holds something else; set DATABASE_URL to one that is empty, or does not exist`,
    );
  });

  it('keeps what was committed, also when its process was killed at once', async () => {
    await emptyDatabaseIn(folder);
    const module = pathToFileURL('src/adapters/postgres/client/open-database.ts').href;
    const url = JSON.stringify(`pglite:${folder}`);
    const script = `import(${JSON.stringify(module)}).then(async ({ openDatabase }) => {
      const database = await openDatabase({ url: ${url} });
      await database.query('create table notes (n integer primary key)');
      for (let n = 1; ; n++) { await database.query('insert into notes values ($1::text::integer)', [String(n)]); console.log(n); }
    })`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('\n20\n')) child.kill('SIGKILL');
    });
    await once(child, 'exit');
    const database = await open();
    try {
      expect((await faultOf(open())).message).to.contain(`is held by this process (${process.pid})`);
      const [row] = await database.query<{ most: number; count: number }>(
        'select max(n) as most, count(*)::integer as count from notes',
      );
      const last = Number(said.trimEnd().split('\n').at(-1));
      expect(row?.most).to.be.within(last, last + 1);
      expect(row?.count).to.equal(row?.most);
    } finally {
      await database.close();
    }
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { lockFolder } from '../../../src/adapters/postgres/client/folder-lock.ts';
import { openDatabase } from '../../../src/adapters/postgres/client/open-database.ts';
import { Fault } from '../../../src/domain/fault.ts';

const LOCK = pathToFileURL('src/adapters/postgres/client/folder-lock.ts').href;

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
    const script = `import(${JSON.stringify(LOCK)}).then(({ lockFolder }) => lockFolder(${JSON.stringify(folder)})).then(() => { console.log('locked'); setInterval(() => {}, 1000); })`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    return child;
  }

  it('is locked for one process, and for one database in it', async () => {
    const unlock = await lockFolder(folder);
    expect((await faultOf(lockFolder(folder))).message).to.match(/is in use by this process/);
    await unlock();
    const holder = await aHolder();
    try {
      expect((await faultOf(lockFolder(folder))).message).to.contain(`is in use by process ${holder.pid}`);
    } finally {
      holder.kill('SIGKILL');
    }
  });

  it('is free again when its process was killed', async () => {
    const holder = await aHolder();
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const unlock = await lockFolder(folder);
    expect(JSON.parse(await readFile(`${folder}.lock`, 'utf8'))).to.have.property('pid', process.pid);
    await unlock();
  });

  it('is free again when another process has its number by now', async () => {
    const left = { pid: process.ppid, host: hostname(), started: '1' };
    await writeFile(`${folder}.lock`, JSON.stringify(left));
    if (process.platform === 'linux') await (await lockFolder(folder))();
    await writeFile(`${folder}.lock`, JSON.stringify({ ...left, pid: process.pid }));
    await (
      await lockFolder(folder)
    )();
  });

  it('is not taken from a process that cannot be asked', async () => {
    await writeFile(`${folder}.lock`, JSON.stringify({ pid: 1, host: 'another-machine' }));
    expect((await faultOf(lockFolder(folder))).message).to.contain(
      `is in use by process 1 on another-machine, and an embedded database has one process at a time`,
    );
    await writeFile(`${folder}.lock`, 'nonsense');
    expect((await faultOf(lockFolder(folder))).message).to.contain(`if there is none, delete ${folder}.lock`);
  });

  it('must be empty, or one of PGlite', async () => {
    await writeFile(join(parent, 'letter.txt'), 'dear');
    const { message } = await faultOf(openDatabase({ url: `pglite:${parent}` }));
    expect(message).to.equal(
      `embedded database in ${parent}: the folder holds something else; set DATABASE_URL to one that is empty, or does not exist`,
    );
  });

  it('keeps what was committed, also when its process was killed at once', async () => {
    const open = pathToFileURL('src/adapters/postgres/client/open-database.ts').href;
    const url = JSON.stringify(`pglite:${folder}`);
    const script = `import(${JSON.stringify(open)}).then(async ({ openDatabase }) => {
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
    const database = await openDatabase({ url: `pglite:${folder}` });
    try {
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

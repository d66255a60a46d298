import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { Fault } from '../../../domain/fault.ts';

/** Who has locked a folder. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process started, as Linux counts; undefined elsewhere. Another process may get the number of one that died. */
  readonly started: string | undefined;
}

/** Locks of this process, by their files. */
const held = new Set<string>();

/**
 * Locks a folder for this process: of two that wrote to it, each would destroy what the other wrote. The lock is the file
 * `FOLDER.lock` beside it. One that a process has left that is there no more is taken over.
 *
 * @returns what gives it back.
 * @throws Fault `configuration` where another process has it, or may have it: one on another machine cannot be asked.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const file = `${folder}.lock`;
  if (held.has(file)) throw inUse(folder, 'this process');
  held.add(file);
  try {
    await take(folder, file);
  } catch (error) {
    held.delete(file);
    throw error;
  }
  return async () => {
    if (held.delete(file)) await rm(file, { force: true });
  };
}

async function take(folder: string, file: string): Promise<void> {
  const mine = JSON.stringify(await holderOf(process.pid));
  for (let attempt = 1; attempt <= 5; attempt++) {
    if (await isCreated(file, mine)) return;
    const found = await readFile(file, 'utf8').catch(() => undefined);
    if (found === undefined) continue;
    const holder = holderIn(found);
    if (holder === undefined) {
      // Somebody may be writing it just now.
      await setTimeout(50);
      if (attempt < 5) continue;
      throw inUse(folder, 'another process', `; if there is none, delete ${file}`);
    }
    if (holder.host !== hostname())
      throw inUse(folder, `process ${holder.pid} on ${holder.host}`, `, or delete ${file} if there is none`);
    if (await isAlive(holder)) throw inUse(folder, `process ${holder.pid}`);
    await putAside(file, found);
  }
  throw inUse(folder, 'another process');
}

async function isCreated(file: string, content: string): Promise<boolean> {
  try {
    await writeFile(file, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes a file that was left over, unless somebody else has done so meanwhile, and made another. */
async function putAside(file: string, expected: string): Promise<void> {
  const aside = `${file}.${process.pid}`;
  try {
    await rename(file, aside);
  } catch {
    return;
  }
  const found = await readFile(aside, 'utf8').catch(() => expected);
  if (found === expected) await rm(aside, { force: true });
  else await rename(aside, file);
}

function holderIn(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text) as Partial<Holder> | null;
    return typeof holder?.pid === 'number' && typeof holder.host === 'string'
      ? (holder as Holder)
      : undefined;
  } catch {
    return undefined;
  }
}

async function isAlive({ pid, started }: Holder): Promise<boolean> {
  // Its locks are known: it is another one that had this number.
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return started === undefined || started === (await holderOf(pid)).started;
}

async function holderOf(pid: number): Promise<Holder> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // After the name, which may hold anything: the 22nd field of all.
  const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return { pid, host: hostname(), started };
}

function inUse(folder: string, by: string, more = ''): Fault {
  return new Fault(
    'configuration',
    `the folder ${folder} is in use by ${by}, and an embedded database has one process at a time: stop that, or use another folder${more}`,
    { reason: 'the folder of the embedded database is in use' },
  );
}

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Fault } from '../../domain/fault.ts';
import { codeOf, fileFault } from './file-fault.ts';

/** The file that says who writes in a folder. */
export const LOCK = 'lock';

/** Who holds a lock. A process's number alone may be another's by now: after it ended, or in another container. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Which start of the machine, where the system says so. */
  readonly boot: string | undefined;
  /** When the process started, in ticks since then. */
  readonly start: string | undefined;
  /** The same for no other lock. */
  readonly token: string;
}

/**
 * A folder that this process alone writes in, as a file says that every writer asks for. The file of a process that has ended
 * is taken over; of one on another host nobody can tell, so that an operator must.
 */
export class FolderLock {
  readonly #path: string;
  readonly #own: Holder;

  private constructor(path: string, own: Holder) {
    this.#path = path;
    this.#own = own;
  }

  /** @throws Fault `configuration` where another process holds it, which is named. */
  static async acquire(folder: string): Promise<FolderLock> {
    const path = join(folder, LOCK);
    const own = { pid: process.pid, host: hostname(), ...bootAndStart(process.pid), token: randomUUID() };
    const draft = `${path}.${own.token}`;
    try {
      await writeFile(draft, `${JSON.stringify(own)}\n`, { flag: 'wx' });
      // There at once with all that it says, or not at all.
      while (!(await linked(draft, path))) await takeAway(path);
    } catch (error) {
      throw fileFault(`locking ${folder}`, error);
    } finally {
      await rm(draft, { force: true }).catch(() => undefined);
    }
    return new FolderLock(path, own);
  }

  /** @throws Fault `configuration` where it is this process's no more. */
  async check(): Promise<void> {
    const holder = await holderIn(this.#path);
    if (holder === 'none')
      throw new Fault(
        'configuration',
        `${this.#path} is not there any more, so that others may write in the folder: open it again`,
      );
    if (holder === 'unreadable' || holder.token !== this.#own.token) throw heldFault(this.#path, holder);
  }

  /** May be called again. */
  async release(): Promise<void> {
    const holder = await holderIn(this.#path);
    if (typeof holder === 'object' && holder.token === this.#own.token) await rm(this.#path, { force: true });
  }
}

async function linked(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Takes a lock away that a process left which has ended. @throws Fault where it has not. */
async function takeAway(path: string): Promise<void> {
  const holder = await holderIn(path);
  if (holder === 'none') return;
  if (holder === 'unreadable' || isAlive(holder)) throw heldFault(path, holder);
  // One at a time: whoever comes later could take away the lock that somebody has put there meanwhile.
  const right = `${path}.${encodeURIComponent(holder.token)}.ended`;
  try {
    await writeFile(right, '', { flag: 'wx' });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    await forgetOld(right);
    return;
  }
  try {
    const now = await holderIn(path);
    if (typeof now === 'object' && now.token === holder.token) await rm(path, { force: true });
  } finally {
    await rm(right, { force: true });
  }
}

/** Milliseconds. Taking a lock away takes less, unless whoever did it has ended meanwhile. */
const LONGEST = 10_000;

async function forgetOld(right: string): Promise<void> {
  try {
    const { mtimeMs } = await stat(right);
    if (Date.now() - mtimeMs > LONGEST) await rm(right, { force: true });
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

async function holderIn(path: string): Promise<Holder | 'none' | 'unreadable'> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 'none';
    throw fileFault(`reading ${path}`, error);
  }
  try {
    const holder = JSON.parse(text) as Partial<Holder>;
    if (typeof holder.pid === 'number' && typeof holder.token === 'string') return holder as Holder;
  } catch {
    // Of somebody else.
  }
  return 'unreadable';
}

/** Whether a process may still be there. */
function isAlive({ pid, host, boot, start }: Holder): boolean {
  if (host !== hostname()) return true;
  const now = bootAndStart(pid);
  if (boot !== undefined && now.boot !== undefined && boot !== now.boot) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Another user's process may not be asked, but is there.
    if (codeOf(error) === 'ESRCH') return false;
  }
  return start === undefined || now.start === undefined || start === now.start;
}

/** As Linux says them; other systems do not. */
function bootAndStart(pid: number): Pick<Holder, 'boot' | 'start'> {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    // The name in parentheses may hold blanks and parentheses itself: proc(5), field 22.
    const start = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ')[19];
    return { boot, start };
  } catch {
    return { boot: undefined, start: undefined };
  }
}

function heldFault(path: string, holder: Holder | 'unreadable'): Fault {
  if (holder === 'unreadable')
    return new Fault(
      'configuration',
      `${path} is no lock of contrail's: take it away if nothing writes in its folder`,
    );
  const { pid, host } = holder;
  const isHere = host === hostname();
  const who =
    pid === process.pid && isHere ? `this process (${pid})` : `process ${pid}${isHere ? '' : ` on ${host}`}`;
  return new Fault(
    'configuration',
    `${path} is held by ${who}, and only one may write in a folder: end it, or name another folder${isHere ? '' : '; if that host is gone, take the file away'}`,
    { reason: `${path} is held by another process` },
  );
}

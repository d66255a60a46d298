import type { Stats } from 'node:fs';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { Fault } from '../../../../domain/fault.ts';

export interface ProjectFile {
  /** From the project's folder. */
  readonly path: string;
  /** Undefined where there is to be no such file: one of another project is removed. */
  readonly text: string | undefined;
  /** Whether a file that is there already stays as it is, and is none to complain of. */
  readonly onlyIfMissing?: boolean;
  /** What is to be known of the file, once it is written. */
  readonly note?: string;
}

export interface WrittenProject {
  /** The paths of the files. */
  readonly written: readonly string[];
  readonly notes: readonly string[];
}

/** The files that a project gets, whatever is in them; those that are only written where they are missing are not among them. */
export const OWN_FILES: readonly string[] = [
  ...['contrail.config.ts', 'contrail.config.test.ts', 'handler.ts'],
  ...['deployment/README.md', 'deployment/parameters.json', 'deployment/filters.json'],
];

/** @throws Fault `configuration` where something else is there than a folder, or on the way to it. */
export async function refuseNoFolder(folder: string): Promise<void> {
  for (let path = resolve(folder); ; path = dirname(path)) {
    const found = await statsOf(path);
    if (found?.isDirectory() === true || path === dirname(path)) return;
    if (found !== undefined)
      throw new Fault(
        'configuration',
        `--out is ${folder}, and ${relative('', path)} is no folder: name a folder, which need not be there yet`,
      );
  }
}

/** @throws Fault `configuration` that names the files that would be written over. */
export async function refuseExisting(folder: string): Promise<void> {
  const there: string[] = [];
  for (const path of OWN_FILES) if (await exists(join(folder, path))) there.push(path);
  if (there.length > 0)
    throw new Fault(
      'configuration',
      `${there.join(', ')} ${there.length === 1 ? 'is' : 'are'} there already in ${folder}: name another folder with --out, or write over with --force`,
    );
}

/**
 * Writes files, and makes the folders that they need.
 *
 * @param force writes over what is there, and removes what is to be there no more.
 * @throws Fault `transient` for a file that cannot be written; without `force` also for one that has come meanwhile.
 */
export async function writeProject(
  folder: string,
  files: readonly ProjectFile[],
  force: boolean,
): Promise<WrittenProject> {
  const written: string[] = [];
  const notes: string[] = [];
  for (const { path, text, onlyIfMissing = false, note } of files) {
    const target = join(folder, path);
    const isThere = await exists(target);
    if (isThere ? onlyIfMissing : text === undefined) continue;
    try {
      if (text === undefined) {
        if (!force) continue;
        await rm(target);
        notes.push(`${path} was of another definition, and is removed.`);
        continue;
      }
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, text, { flag: force && !onlyIfMissing ? 'w' : 'wx' });
    } catch (error) {
      throw new Fault('transient', `cannot write ${target}: ${(error as Error).message}`, { cause: error });
    }
    written.push(path);
    if (note !== undefined) notes.push(note);
  }
  return { written, notes };
}

async function exists(path: string): Promise<boolean> {
  return (await statsOf(path)) !== undefined;
}

/** Undefined where nothing is there. */
async function statsOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw new Fault('configuration', `cannot look at ${path}: ${(error as Error).message}`, { cause: error });
  }
}

import { mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Fault } from '../../../../domain/fault.ts';

export interface ProjectFile {
  /** From the project's folder. */
  readonly path: string;
  readonly text: string;
  /** Whether a file that is there already stays as it is, and is none to complain of. */
  readonly onlyIfMissing?: boolean;
}

/** The files that a project gets, whatever is in them; those that are only written where they are missing are not among them. */
export const OWN_FILES: readonly string[] = [
  ...['contrail.config.ts', 'contrail.config.test.ts', 'handler.ts'],
  ...['deployment/README.md', 'deployment/parameters.json', 'deployment/filters.json'],
];

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
 * @returns the paths of those that were written.
 * @throws Fault `transient` for a file that cannot be written; without `force` also for one that has come meanwhile.
 */
export async function writeProject(
  folder: string,
  files: readonly ProjectFile[],
  force: boolean,
): Promise<string[]> {
  const written: string[] = [];
  for (const { path, text, onlyIfMissing = false } of files) {
    const target = join(folder, path);
    if (onlyIfMissing && (await exists(target))) continue;
    try {
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, text, { flag: force && !onlyIfMissing ? 'w' : 'wx' });
    } catch (error) {
      throw new Fault('transient', `cannot write ${target}: ${(error as Error).message}`, { cause: error });
    }
    written.push(path);
  }
  return written;
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw new Fault('configuration', `cannot look at ${path}: ${(error as Error).message}`, { cause: error });
  }
}

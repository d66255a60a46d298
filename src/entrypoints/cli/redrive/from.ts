import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { compareTexts } from '../../../domain/compare-texts.ts';
import { Fault } from '../../../domain/fault.ts';

/** From where is redriven. */
export type From =
  | { readonly is: 'files'; readonly paths: readonly string[] }
  | { readonly is: 'queue'; readonly url: string }
  /** The configured one. */
  | { readonly is: 'quarantine' }
  /** Of the search queue, where the backend keeps them itself. */
  | { readonly is: 'dead-letters' }
  /** Items that the worker has parked. */
  | { readonly is: 'parked' };

/** @throws Fault `configuration` for what cannot be read, or not together. */
export function readFrom(texts: readonly string[]): From {
  const named = texts.map(namedFrom);
  const [one, ...others] = named;
  if (one !== undefined && others.length === 0) return one;
  const paths = named.flatMap((from) => (from.is === 'files' ? from.paths : []));
  if (paths.length === texts.length && paths.length > 0) return { is: 'files', paths };
  throw new Fault('configuration', 'several FROM must all be files or folders: redrive a queue by itself');
}

function namedFrom(text: string): From {
  if (text.startsWith('s3://'))
    throw new Fault(
      'configuration',
      `${text} is not read directly: copy it first, with "aws s3 sync ${text} FOLDER", and redrive FOLDER`,
    );
  if (/^https?:\/\//.test(text)) return { is: 'queue', url: text };
  if (text === 'quarantine' || text === 'dead-letters' || text === 'parked') return { is: text };
  return { is: 'files', paths: [text] };
}

/**
 * The files that paths name: of a folder, all in it and in its folders, in the order of their paths, but for those whose names begin with a dot.
 *
 * @throws Fault `configuration` for a folder that cannot be read.
 */
export async function filesOf(paths: readonly string[]): Promise<readonly string[]> {
  const files: string[] = [];
  for (const path of paths) {
    const isFolder = path !== '-' && (await stat(path).catch(() => undefined))?.isDirectory() === true;
    files.push(...(isFolder ? await filesIn(path) : [path]));
  }
  return files;
}

async function filesIn(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
      .map((entry) => join(entry.parentPath, entry.name))
      .toSorted(compareTexts);
  } catch (error) {
    throw new Fault('configuration', `cannot read ${folder}: ${(error as Error).message}`, { cause: error });
  }
}

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { plotsOf } from '../report/plots.ts';
import { indexerRegions } from './indexer-regions.ts';
import { postgresRegions } from './postgres-regions.ts';
import { readerRegions } from './reader-regions.ts';
import { readmeWith } from './readme.ts';
import { withRegions } from './regions.ts';
import { type Part, readResults, replaced, type Results, resultsJson } from './results.ts';
import { workerRegions } from './worker-regions.ts';

/** The documents that have figures, by their paths from the project's folder. */
export const PAGES: Readonly<Record<string, (page: string, results: Results) => string>> = {
  'README.md': (page, { goals }) => readmeWith(page, goals),
  'docs/performance.md': (page, results) =>
    withRegions(page, {
      ...workerRegions(results),
      ...indexerRegions(results),
      ...postgresRegions(results),
      ...readerRegions(results),
    }),
};

/** A page with the figures of these results, in the form that the formatter gives it. */
export async function published(path: string, page: string, results: Results): Promise<string> {
  // The project's, which is looked for from here upwards.
  const options = await resolveConfig(fileURLToPath(import.meta.url));
  return format(PAGES[path]?.(page, results) ?? page, { ...options, filepath: path });
}

/**
 * Writes what a run has measured of these parts into bench/results.json, bench/plots and the documents, and leaves the figures
 * of all other parts as they are. Nothing is written unless all of it can be.
 *
 * @param root the project's folder, or one with a copy of these files.
 */
export async function publish(root: string, results: Results, parts: readonly Part[]): Promise<void> {
  const file = join(root, 'bench', 'results.json');
  const all = replaced(readResults(await readFile(file, 'utf8')), results, parts);
  const pages = Object.keys(PAGES).map(
    async (path) => [path, await published(path, await readFile(join(root, path), 'utf8'), all)] as const,
  );
  const written = await Promise.all(pages);
  await writeResults(join(root, 'bench'), all);
  for (const [path, page] of written) await writeFile(join(root, path), page);
}

/** `results.json` and the plots, in a folder. */
export async function writeResults(folder: string, results: Results): Promise<void> {
  await writeFile(join(folder, 'results.json'), resultsJson(results));
  await mkdir(join(folder, 'plots'), { recursive: true });
  for (const [name, svg] of Object.entries(plotsOf(results.figures)))
    await writeFile(join(folder, 'plots', name), svg);
}

import { EmbeddedSearch } from '../../../adapters/embedded-search/embedded-search.ts';
import type { SearchFilter } from '../../../adapters/embedded-search/search/filter.ts';
import type { SearchSort } from '../../../adapters/embedded-search/search/order.ts';
import { readSearchFolder, SEARCH_FOLDER_VARIABLE } from '../../config.ts';
import { writePieces } from '../standard-streams.ts';
import { Progress } from './progress.ts';
import { jsonLines, textReport } from './report.ts';

export interface SearchCommandOptions {
  readonly folder?: string;
  readonly where: readonly SearchFilter[];
  readonly facet: readonly string[];
  readonly sort: readonly SearchSort[];
  readonly fields?: readonly string[];
  readonly any: boolean;
  readonly exact: boolean;
  readonly limit: number;
  readonly show?: readonly string[];
  readonly report: 'text' | 'json';
}

/** Searches, and prints what was found. */
export async function runSearch(
  collection: string,
  text: string,
  options: SearchCommandOptions,
): Promise<void> {
  const folder = readSearchFolder({
    ...process.env,
    ...(options.folder !== undefined && { [SEARCH_FOLDER_VARIABLE]: options.folder }),
  });
  const search = new EmbeddedSearch(folder);
  const progress = new Progress(process.stderr);
  try {
    const { where, facet: facets, sort, fields, limit, any, exact } = options;
    const answer = await search.search(
      collection,
      text,
      {
        ...{ where, facets, sort, limit, match: any ? 'any' : 'all', typos: !exact, prefix: !exact },
        ...(fields && { fields }),
      },
      (step, done, of) => progress.update(step, done, of),
    );
    progress.stop();
    const width = process.stdout.isTTY ? process.stdout.columns : undefined;
    await writePieces(
      process.stdout,
      options.report === 'json' ? jsonLines(answer) : textReport(answer, options.show, width),
    );
  } finally {
    progress.stop();
    await search.close();
  }
}

import { EmbeddedSearch } from '../../../adapters/embedded-search/embedded-search.ts';
import type { SearchFilter } from '../../../adapters/embedded-search/search/filter.ts';
import type { SearchSort } from '../../../adapters/embedded-search/search/order.ts';
import type { SearchAnswer } from '../../../adapters/embedded-search/searchable-collection.ts';
import { Fault } from '../../../domain/fault.ts';
import { readSearchedPlace } from '../../config.ts';
import type { DatabaseSettings } from '../../database-settings.ts';
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
  readonly language?: string;
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
  const place = readSearchedPlace(process.env, options.folder);
  const answer =
    'database' in place
      ? await inDatabase(place.database, collection, text, options)
      : await inFolder(place.folder, collection, text, options);
  const width = process.stdout.isTTY ? process.stdout.columns : undefined;
  await writePieces(
    process.stdout,
    options.report === 'json' ? jsonLines(answer) : textReport(answer, options.show, width),
  );
}

async function inDatabase(
  settings: DatabaseSettings,
  collection: string,
  text: string,
  { where, facet: facets, sort, fields = [], limit, any, language = 'simple' }: SearchCommandOptions,
): Promise<SearchAnswer> {
  const { inSearch } = await import('../../../adapters/postgres/open-backend.ts');
  const match = any ? 'any' : 'all';
  return inSearch(settings, (search) =>
    search.search(collection, text, { where, facets, sort, fields, limit, match, language }),
  );
}

async function inFolder(
  folder: string,
  collection: string,
  text: string,
  { where, facet: facets, sort, fields, limit, any, exact, language }: SearchCommandOptions,
): Promise<SearchAnswer> {
  if (language !== undefined)
    throw new Fault('configuration', '--language is of PostgreSQL; the engine in a folder has none');
  const search = new EmbeddedSearch(folder);
  const progress = new Progress(process.stderr);
  try {
    return await search.search(
      collection,
      text,
      {
        ...{ where, facets, sort, limit, match: any ? 'any' : 'all', typos: !exact, prefix: !exact },
        ...(fields && { fields }),
      },
      (step, done, of) => progress.update(step, done, of),
    );
  } finally {
    progress.stop();
    await search.close();
  }
}

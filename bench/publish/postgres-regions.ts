import { figure, spread } from '../report/figures.ts';
import { goalTable, markdownTable } from '../report/markdown.ts';
import type { Results } from './results.ts';

/** What docs/performance.md says of PostgreSQL, by the names of its parts. */
export function postgresRegions({
  postgresGoals,
  figures: { postgres = [] },
}: Results): Readonly<Record<string, string>> {
  if (postgres.length === 0) throw new Error('PostgreSQL was not measured: run the part `postgres` first');
  return {
    'postgres-goals': goalTable(postgresGoals),
    'postgres-others': markdownTable(
      [
        'database',
        'records per second',
        'ms a batch',
        'round trips a batch',
        'at least',
        'MiB after a tenth, half, all',
      ],
      postgres.map((one) => [
        one.database,
        figure(one.recordsPerSecond),
        spread(one.batchMs),
        figure(one.roundTrips),
        figure(one.leastRoundTrips),
        one.bytes.map((bytes) => figure(bytes / 2 ** 20)).join(', '),
      ]),
    ),
  };
}

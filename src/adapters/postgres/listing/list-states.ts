import type { ListedState } from '../../../application/ports/derived-listing.ts';
import type { TableModel } from '../../../domain/table-model.ts';
import type { Database } from '../client/database.ts';
import { wholePagesOf } from '../pages.ts';
import type { Names } from '../schema/names.ts';
import { readText } from '../values/text.ts';

interface Found {
  readonly derivation: string;
  readonly partition: string;
  readonly sort: string | null;
}

/** The states of rows that are there. */
export async function* listStates(
  database: Database,
  { states }: Names,
  { counts, derivedRows }: TableModel,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly ListedState[]> {
  const paged = {
    columns: 't.derivation, t.partition, t.sort',
    from: `${states} t`,
    where: 'not t.removed and t.derivation = any($2::text[])',
    values: [[...counts, ...derivedRows].map(({ name }) => name)],
  };
  for await (const page of wholePagesOf<Found>(database, paged, signal))
    yield page.map(({ derivation, partition, sort }) => ({
      derivation,
      row: { partition: readText(partition), sort: sort === null ? undefined : readText(sort) },
    }));
}

import type { Database } from './client/database.ts';
import type { Names } from './schema/names.ts';

/** Of one statement, so that none takes long. */
const MOST = 5_000;

/**
 * Deletes what is remembered of rows and documents that are gone for so long that no late record of them comes any more. Waits for nobody, and is safe at any
 * time, from any number of workers: without it, only these tables grow.
 *
 * @returns how many rows were deleted.
 */
export async function purgeExpired(database: Database, names: Names, signal?: AbortSignal): Promise<number> {
  let total = 0;
  for (const table of [names.states, names.source_rows, names.documents, names.search_fences])
    total += await purge(database, table, signal);
  return total;
}

async function purge(database: Database, table: string, signal: AbortSignal | undefined): Promise<number> {
  for (let total = 0; ;) {
    const [row] = await database.query<{ readonly count: number }>(
      `with purged as (
  delete from ${table} where id in (
    select id from ${table} where expires_at < now() limit ${MOST} for update skip locked
  )
  returning 1
)
select count(*)::integer as count from purged`,
      [],
      signal,
    );
    const count = row?.count ?? 0;
    total += count;
    if (count < MOST) return total;
  }
}

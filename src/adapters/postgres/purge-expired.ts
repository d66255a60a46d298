import { TOMBSTONE_SECONDS } from '../../domain/tombstones.ts';
import type { Database } from './client/database.ts';
import type { Names } from './schema/names.ts';

const EXPIRED = 'expires_at < now()';
/** How often a change has failed that did not come again. */
const EXPIRED_COUNT = `parked_at is null and changed_at < now() - interval '${TOMBSTONE_SECONDS} seconds'`;
/** Two days before it is forgotten that its document was removed since: put back later, it could bring that back. */
const EXPIRED_LETTER = `sent_at < now() - interval '${TOMBSTONE_SECONDS - 2 * 24 * 60 * 60} seconds'`;

/** Of one statement, so that none takes long. */
const MOST = 5_000;

/**
 * Deletes what is remembered of rows and documents that are gone for so long that no late record of them comes any more, and dead letters that nobody has put back in four weeks, and how often changes have failed that are long gone. Waits for nobody, and is safe at any
 * time, from any number of workers: without it, only these tables grow.
 *
 * @returns how many rows were deleted.
 */
export async function purgeExpired(database: Database, names: Names, signal?: AbortSignal): Promise<number> {
  let total = 0;
  for (const table of [names.states, names.source_rows, names.documents, names.search_fences])
    total += await purge(database, table, EXPIRED, signal);
  total += await purge(database, names.parked_items, EXPIRED_COUNT, signal);
  return total + (await purge(database, names.dead_letters, EXPIRED_LETTER, signal));
}

async function purge(
  database: Database,
  table: string,
  expired: string,
  signal: AbortSignal | undefined,
): Promise<number> {
  for (let total = 0; ;) {
    const [row] = await database.query<{ readonly count: number }>(
      `with purged as (
  delete from ${table} where id in (
    select id from ${table} where ${expired} limit ${MOST} for update skip locked
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

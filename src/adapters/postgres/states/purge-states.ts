import type { Database } from '../client/database.ts';
import type { Names } from '../schema/names.ts';

/** Of one statement, so that none takes long. */
const MOST = 5_000;

/**
 * Deletes what is remembered of rows that were removed so long ago that no late record of them comes any more. Waits for nobody, and is
 * safe at any time, from any number of workers: without it, only the table of states grows.
 *
 * @returns how many states were deleted.
 */
export async function purgeStates(
  database: Database,
  { states }: Names,
  signal?: AbortSignal,
): Promise<number> {
  for (let total = 0; ;) {
    const [row] = await database.query<{ readonly count: number }>(
      `with purged as (
  delete from ${states} where id in (
    select id from ${states} where expires_at < now() limit ${MOST} for update skip locked
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

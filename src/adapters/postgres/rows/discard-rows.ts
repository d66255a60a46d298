import type { StrayRow } from '../../../application/ports/derived-row-repository.ts';
import type { Result } from '../../../application/result.ts';
import type { Database } from '../client/database.ts';
import { inParts } from '../in-parts.ts';
import type { Names } from '../schema/names.ts';
import { storedText } from '../values/text.ts';
import { rowId } from './apply-rows.ts';

/** Removes rows, each on condition that it still says that it is derived from something. */
export async function discardRows(
  database: Database,
  names: Names,
  rows: readonly StrayRow[],
  signal: AbortSignal | undefined,
): Promise<readonly Result[]> {
  const attempt = async (some: readonly StrayRow[]): Promise<readonly Result[]> => {
    const found = await database.query<{ readonly n: number }>(
      discard(names),
      [
        JSON.stringify(
          some.map(({ key, source }, n) => ({ n, id: rowId(key), derived_from: storedText(source) })),
        ),
      ],
      signal,
    );
    const done = new Set(found.map(({ n }) => n));
    return some.map((_, n) => (done.has(n) ? 'done' : 'conflict'));
  };
  const results = await inParts(rows, attempt, signal);
  return results.map((result) => (result === 'busy' ? 'conflict' : result));
}

/** Answers with the places of those that are gone. */
function discard({ derived_rows: rows }: Names): string {
  return `with stray as materialized (
  select * from json_to_recordset($1::json) as s(n integer, id bytea, derived_from text)
),
locked as materialized (
  select r.id from ${rows} r where r.id in (select id from stray) order by r.id for update
),
removed as (
  delete from ${rows} r using stray s join locked l on l.id = s.id
  where r.id = s.id and r.derived_from = s.derived_from
  returning r.id
)
select n from stray s
where id in (select id from removed) or not exists (select from ${rows} r where r.id = s.id)`;
}

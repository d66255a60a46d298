import type { Result } from '../../../application/result.ts';
import { countKey } from '../../../domain/count.ts';
import { type CountCorrection, correctionFault } from '../../../domain/count-correction.ts';
import { Fault } from '../../../domain/fault.ts';
import type { Database } from '../client/database.ts';
import { inParts } from '../in-parts.ts';
import type { Names } from '../schema/names.ts';
import { countId, countJson } from './counts-parameter.ts';

/** Sets counts right, each on condition that it is as it was seen: whoever moves one at the same moment comes before that, or after it. */
export async function correctCounts(
  database: Database,
  names: Names,
  corrections: readonly CountCorrection[],
  signal: AbortSignal | undefined,
): Promise<readonly Result[]> {
  const impossible = corrections.map(correctionFault);
  const possible = corrections.filter((_, n) => impossible[n] === undefined);
  const attempt = async (some: readonly CountCorrection[]): Promise<readonly Result[]> => {
    const rows = await database.query<{ readonly n: number }>(
      correction(names),
      [`[${some.map(correctionJson).join()}]`],
      signal,
    );
    const done = new Set(rows.map(({ n }) => n));
    return some.map((_, n) => (done.has(n) ? 'done' : 'conflict'));
  };
  const results = await inParts(possible, attempt, signal);
  const resultOf = new Map(possible.map((one, n) => [one, results[n]]));
  return corrections.map((one, n) => impossible[n] ?? unlessBusy(resultOf.get(one)));
}

function correctionJson({ model, tuple, seen, to }: CountCorrection, n: number): string {
  const at = countKey(model, tuple);
  const count = countJson(countId(model.name, { at }), model.name, { at, tuple });
  // Digits in full: PostgreSQL reads them from a text without losing one.
  const says = JSON.stringify({
    n,
    seen_count: seen?.count.text,
    seen_rows: seen?.rows,
    to_count: to?.count.text,
    to_rows: to?.rows,
  });
  return `${count.slice(0, -1)},${says.slice(1)}`;
}

/**
 * `$1` the corrections, each of a count of its own: `seen_rows` is null where there was none, `to_rows` where none is to be. A count in which no
 * row is counted any more is none.
 */
function correction({ counts }: Names): string {
  const isAsSeen = 'c.count = k.seen_count and c.rows = k.seen_rows';
  return `with k as materialized (
  select * from json_to_recordset($1::json) as k(
    n integer, id bytea, derivation text, partition text, sort text, tuple jsonb,
    seen_count numeric, seen_rows bigint, to_count numeric, to_rows bigint
  )
),
created as (
  insert into ${counts} as c (id, derivation, partition, sort, tuple, count, rows)
  select id, derivation, partition, sort, tuple, to_count, to_rows from k where seen_rows is null and to_rows is not null
  order by id
  on conflict (id) do update set count = excluded.count, rows = excluded.rows where c.rows = 0
  returning c.id
),
locked as materialized (
  select c.id from ${counts} c where c.id in (select id from k where seen_rows is not null) order by c.id for update
),
changed as (
  update ${counts} c set count = k.to_count, rows = k.to_rows
  from k join locked l on l.id = k.id
  where c.id = k.id and k.to_rows is not null and ${isAsSeen}
  returning c.id
),
removed as (
  delete from ${counts} c using k join locked l on l.id = k.id
  where c.id = k.id and k.to_rows is null and ${isAsSeen}
  returning c.id
)
select n from k
where id in (select id from created union all select id from changed union all select id from removed)
  or (seen_rows is null and to_rows is null and not exists (select from ${counts} c where c.id = k.id and c.rows <> 0))`;
}

/** Somebody else was at it: perhaps at the same count. */
function unlessBusy(result: Result | undefined): Result {
  if (result === undefined) return new Fault('transient', 'the correction got no result');
  return result === 'busy' ? 'conflict' : result;
}

import type { Names } from '../schema/names.ts';
import { movedStates } from '../states/state-move.ts';

/** What `refuse` says. */
export const BELOW_NOTHING = 'a count would be of fewer rows than none';
export const NO_NUMBER = 'a sum would be no number that DynamoDB holds';

/** What it comes to. */
export interface MovedCounts {
  /** The places of the moves that were made, as JSON. */
  readonly moved: string;
  /** The ids of the counts in which no row is counted any more, as JSON. */
  readonly empty: string;
}

/**
 * Moves states, and with them the counts: one change for each count, whatever the moves. All parts of a statement see the tables as
 * they were when it began, so that nothing may be decided on a count that is read: it is added to, and what comes of that, `returning`
 * tells. Where that is no count, the statement fails as a whole.
 *
 * `$1` the moves, `$2` what each does to counts, `$3` the counts, each once.
 */
export function moveCounts(names: Names): string {
  return `with ${movedStates(names)},
delta as materialized (
  select d.id, sum(d.amount) as amount, sum(d.rows) as rows
  from json_to_recordset($2::json) as d(n integer, id bytea, amount numeric, rows bigint)
  join moved on moved.n = d.n
  group by d.id
  having sum(d.rows) <> 0 or sum(d.amount) <> 0
),
changed as (
  insert into ${names.counts} as c (id, derivation, partition, sort, tuple, count, rows)
  select d.id, k.derivation, k.partition, k.sort, k.tuple, d.amount, d.rows
  from delta d
  join json_to_recordset($3::json) as k(id bytea, derivation text, partition text, sort text, tuple jsonb) on k.id = d.id
  order by d.id
  on conflict (id) do update set count = c.count + excluded.count, rows = c.rows + excluded.rows
  returning c.id, c.count, c.rows
)
select
  (select coalesce(json_agg(n), '[]') from moved)::text as moved,
  (select coalesce(json_agg(id), '[]') from changed where rows = 0)::text as empty,
  (
    select bool_and(${names.qualified('refuse')}(
      case when c.rows > 0 then '${NO_NUMBER}' else '${BELOW_NOTHING}' end
    ))
    from changed c join delta d on d.id = c.id
    -- Of nothing, something was counted: the amounts of as many rows as are counted now.
    where c.rows < 0 or (c.rows = 0 and d.rows >= 0) or (c.rows > 0 and ${isNoNumber('c.count')})
  )`;
}

/** Whether a number has more than 38 digits, or is out of the range of DynamoDB's. */
function isNoNumber(number: string): string {
  const digits = `length(trim(both '0' from replace(abs(${number})::text, '.', '')))`;
  return `(${digits} > 38 or abs(${number}) >= 1e126 or (${number} <> 0 and abs(${number}) < 1e-130))`;
}

/**
 * Removes counts in which no row is counted any more. Where somebody is adding to one just now it stays, and is his to remove: so this waits for
 * nobody. `$1` their ids.
 */
export function removeEmpty({ counts }: Names): string {
  return `delete from ${counts} where id in (
  select id from ${counts}
  where id in (select e::bytea from json_array_elements_text($1::json) as e) and rows = 0
  for update skip locked
)`;
}

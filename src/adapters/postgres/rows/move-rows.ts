import type { Names } from '../schema/names.ts';
import { movedStates } from '../states/state-move.ts';

/** What it comes to, as JSON. */
export interface MovedRows {
  /** The places of the moves that were made. */
  readonly moved: string;
  /** Rows that were in the way of moves: objects of `Taken`. */
  readonly taken: string;
}

/** A row of somebody else that has a key which a move gives. */
export interface Taken {
  /** The move's place. */
  readonly n: number;
  /** The row's place among those that the move puts. */
  readonly i: number;
  /** What the row is derived from; null where something other than Contrail wrote it. */
  readonly derived_from: string | null;
  /** Whether the move's state is as it was read. */
  readonly as_read: boolean;
}

/**
 * Moves states, and with them derived rows, unless somebody else's row has a key that is to be put. First the rows that are there are locked, in
 * the order of their ids, and are as they are by then. Where somebody puts a row with such a key at the same moment, the statement fails as
 * a whole.
 *
 * `$1` the moves, `$2` the rows to put, `$3` the rows to remove. No two moves have a key in common.
 */
export function moveRows(names: Names): string {
  const { derived_rows: rows, states } = names;
  return `with put as materialized (
  select * from json_to_recordset($2::json) as p(
    n integer, i integer, id bytea, table_name text, key jsonb, attributes jsonb, derivation text, derived_from text
  )
),
gone as materialized (
  select * from json_to_recordset($3::json) as g(n integer, id bytea, derived_from text)
),
there as materialized (
  select r.id, r.derived_from from ${rows} r
  where r.id in (select id from put union all select id from gone)
  order by r.id
  for update
),
taken as materialized (
  select p.n, p.i, t.derived_from
  from put p join there t on t.id = p.id
  where t.derived_from is distinct from p.derived_from
),
${movedStates(names, 'm.n in (select n from taken)')},
written as (
  insert into ${rows} as r (id, table_name, key, attributes, derivation, derived_from)
  select p.id, p.table_name, p.key, p.attributes, p.derivation, p.derived_from
  from put p join moved on moved.n = p.n
  order by p.id
  on conflict (id) do update set attributes = excluded.attributes, derivation = excluded.derivation
  where r.derived_from = excluded.derived_from
  returning r.id
),
removed as (
  delete from ${rows} r
  using gone g join moved on moved.n = g.n join there t on t.id = g.id
  where r.id = g.id and r.derived_from = g.derived_from
)
select
  (select coalesce(json_agg(n), '[]') from moved)::text as moved,
  (
    select coalesce(json_agg(json_build_object('n', t.n, 'i', t.i, 'derived_from', t.derived_from, 'as_read', case
      when a.from_sequence is null then s.id is null
      else coalesce((s.generation, s.epoch, s.sequence, s.fill)
        = (a.from_generation, a.from_epoch collate "C", a.from_sequence, a.from_fill), false)
    end)), '[]')
    from taken t
    join json_to_recordset($1::json) as a(
      n integer, id bytea, from_generation bigint, from_epoch text, from_sequence numeric, from_fill bigint
    ) on a.n = t.n
    left join ${states} s on s.id = a.id
  )::text as taken,
  case when (select count(*) from written) <> (select count(*) from put p join moved on moved.n = p.n)
    then ${names.qualified('refuse')}('somebody put a row with the same key') end`;
}

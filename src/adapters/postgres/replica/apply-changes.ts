import { TOMBSTONE_SECONDS } from '../../../domain/tombstones.ts';
import type { Names } from '../schema/names.ts';

/** What it comes to, as JSON. */
export interface AppliedChanges {
  /** The places of the changes whose old image is not the row as it was. */
  readonly unconnected: string;
  /** The ids of rows that somebody else put at the same moment, in hexadecimal digits: of these, nothing is applied. */
  readonly missed: string;
}

/**
 * Applies changes, those of one row in the order of their versions, and of each row only those that are newer than what is there. Rows
 * that are there are locked in the order of their ids, and are as they are by then; of several workers, each follows on from what
 * the one before has left.
 *
 * `$1` the changes, `$2` the pointers that their rows are.
 */
export function applyChanges({ source_rows: rows, pointers }: Names): string {
  return `with change as materialized (
  select * from json_to_recordset($1::json) as c(
    n integer, id bytea, partition text, sort text, partition_id bytea, sort_number numeric, sort_order text, kind text,
    generation bigint, epoch text, sequence numeric, leading_zeros integer, version text, removed boolean,
    before bytea, after bytea, attributes jsonb
  )
),
locked as materialized (
  select r.id, r.generation, r.epoch, r.sequence, r.digest, r.unconnected from ${rows} r
  where r.id in (select id from change)
  order by r.id
  for update
),
judged as materialized (
  select c.*, l.id is not null as known, l.digest as stored, l.unconnected as was_unconnected,
    l.generation is null or (c.generation, c.epoch collate "C", c.sequence) > (l.generation, l.epoch, l.sequence) as passes
  from change c left join locked l on l.id = c.id
),
followed as materialized (
  select *, lead(n) over w is null as is_last,
    before is distinct from case when lag(passes) over w then lag(after) over w else stored end as is_unconnected
  from judged
  window w as (partition by id order by n)
),
broken as (
  select id, (array_agg(version order by n desc))[1] as version from followed where passes and is_unconnected group by id
),
newest as materialized (
  select f.*, coalesce(b.version, f.was_unconnected) as unconnected,
    case when f.removed then now() + interval '${TOMBSTONE_SECONDS} seconds' end as expires_at
  from followed f left join broken b on b.id = f.id
  where f.is_last and f.passes
),
inserted as (
  insert into ${rows} (id, partition, sort, partition_id, sort_number, sort_order, kind, generation, epoch, sequence, leading_zeros,
    removed, attributes, digest, unconnected, expires_at)
  select id, partition, sort, partition_id, sort_number, sort_order, kind, generation, epoch, sequence, leading_zeros,
    removed, attributes, after, unconnected, expires_at
  from newest where not known
  order by id
  on conflict (id) do nothing
  returning id
),
updated as (
  update ${rows} r
  set sort_number = c.sort_number, sort_order = c.sort_order, kind = c.kind, generation = c.generation, epoch = c.epoch, sequence = c.sequence, leading_zeros = c.leading_zeros,
    removed = c.removed, attributes = c.attributes, digest = c.after, unconnected = c.unconnected, expires_at = c.expires_at
  from newest c
  where r.id = c.id and c.known
  returning r.id
),
own as materialized (
  select p.id, p.derivation, p.partition, p.sort, p.parts, p.target, c.attributes, c.removed
  from json_to_recordset($2::json) as p(
    n integer, id bytea, derivation text, partition text, sort text, parts jsonb, target bytea
  )
  join newest c on c.n = p.n
  where c.id in (select id from inserted union all select id from updated)
),
pointed as (
  insert into ${pointers} as q (id, derivation, partition, sort, parts, target, attributes)
  select id, derivation, partition, sort, parts, target, attributes from own where not removed
  order by id
  on conflict (id) do update set target = excluded.target, attributes = excluded.attributes, revision = gen_random_uuid()
),
unpointed as (
  delete from ${pointers} where id in (select id from own where removed)
)
select
  (
    select coalesce(json_agg(n), '[]') from followed
    where case when passes then is_unconnected else was_unconnected = version end
  )::text as unconnected,
  (
    select coalesce(json_agg(encode(id, 'hex')), '[]') from newest where not known and id not in (select id from inserted)
  )::text as missed`;
}

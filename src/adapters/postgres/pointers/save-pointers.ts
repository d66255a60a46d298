import { TOMBSTONE_SECONDS } from '../../../domain/tombstones.ts';
import type { Names } from '../schema/names.ts';
import { repeated } from './load-entities.ts';

/**
 * Writes pointers, each on condition that it is as it was read, and that rows of the source are, or are still missing. Rows are locked, in the order of
 * their ids, and are as they are by then. A missing one is there as a tombstone, or is put as one: otherwise nothing could be locked, and
 * it could come at the same moment.
 *
 * `$1` the writes, `$2` what is asked of rows. Answers with the places of those that were written.
 */
export function savePointers({ source_rows: rows, pointers }: Names): string {
  return `with write as materialized (
  select * from json_to_recordset($1::json) as w(
    n integer, id bytea, derivation text, partition text, sort text, parts jsonb, target bytea, revision uuid,
    removes boolean, attributes jsonb
  )
),
condition as materialized (
  select * from json_to_recordset($2::json) as c(
    n integer, id bytea, partition text, sort text, partition_id bytea, kind text, names jsonb, expected jsonb
  )
),
placed as (
  insert into ${rows} (id, partition, sort, partition_id, removed, expires_at)
  select distinct on (id) id, partition, sort, partition_id, true, now() + interval '${TOMBSTONE_SECONDS} seconds'
  from condition where expected is null
  order by id
  on conflict (id) do nothing
  returning id
),
locked as materialized (
  select r.id, r.kind, r.attributes from ${rows} r
  where r.id in (select id from condition) and (select count(*) from placed) >= 0
  order by r.id
  for share
),
failed as (
  select c.n from condition c
  left join placed p on p.id = c.id
  left join locked l on l.id = c.id
  where case when c.expected is null then p.id is null and (l.id is null or l.kind is not distinct from c.kind)
    else l.kind is distinct from c.kind or ${repeated('l.attributes', 'c.names')} <> c.expected end
),
there as materialized (
  select p.id, p.revision from ${pointers} p
  where p.id in (select id from write) and (select count(*) from locked) >= 0
  order by p.id
  for update
),
ready as materialized (
  select w.*, t.id is not null as known from write w left join there t on t.id = w.id
  where t.revision is not distinct from w.revision and w.n not in (select n from failed)
),
inserted as (
  insert into ${pointers} (id, derivation, partition, sort, parts, target, attributes)
  select id, derivation, partition, sort, parts, target, attributes from ready where not known and not removes
  order by id
  on conflict (id) do nothing
  returning id
),
updated as (
  update ${pointers} p set target = r.target, attributes = r.attributes, revision = gen_random_uuid()
  from ready r where p.id = r.id and r.known and not r.removes
  returning p.id
),
deleted as (
  delete from ${pointers} p using ready r where p.id = r.id and r.known and r.removes returning p.id
)
select n from ready
where (not known and removes)
  or id in (select id from inserted union all select id from updated union all select id from deleted)`;
}

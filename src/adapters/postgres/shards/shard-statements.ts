import type { Names } from '../schema/names.ts';
import { SHARD_COLUMNS } from './shard-row.ts';

/*
 * Statements for many shards, which `$1` lists as JSON. They lock rows in the order of their ids, so that no two wait for each
 * other, and find them as they are by then.
 */

/** `$2` claims leases. Of those that were claimed at the same epoch before by the same owner, the answer was lost. */
export function claimShards({ stream_shards: shards }: Names): string {
  return `with claim as materialized (select * from json_to_recordset($1::json) as m(id bytea, epoch bigint, failover_ms bigint)),
locked as materialized (
  select s.id from ${shards} s where s.id in (select id from claim) order by s.id for update
),
claimed as (
  update ${shards} s set owner = $2, epoch = s.epoch + 1, renewals = 0, failover_ms = m.failover_ms
  from claim m join locked l on l.id = m.id
  where s.id = m.id and s.epoch = m.epoch
  returning s.*
)
select ${SHARD_COLUMNS('c')} from claimed c
union all
select ${SHARD_COLUMNS('s')} from ${shards} s join claim m on m.id = s.id where s.owner = $2 and s.epoch = m.epoch + 1`;
}

/** Writes shards whose lease is held by `$2` at the epoch, and gives the number of each. */
export function writeHeld({ stream_shards: shards }: Names, set: string): string {
  return `with held as materialized (select * from json_to_recordset($1::json) as m(n integer, id bytea, epoch bigint)),
locked as materialized (
  select s.id from ${shards} s where s.id in (select id from held) order by s.id for update
)
update ${shards} s set ${set}
from held m join locked l on l.id = m.id
where s.id = m.id and s.epoch = m.epoch and s.owner = $2
returning m.n`;
}

/** Moves frontiers whose lease has the epoch, and gives the number of each, also of those that are as far. */
export function advanceShards({ stream_shards: shards }: Names): string {
  const isFurther = '(s.frontier is null or m.frontier > s.frontier)';
  return `with move as materialized (
  select * from json_to_recordset($1::json) as m(
    n integer, id bytea, epoch bigint, frontier numeric, leading_zeros integer, complete boolean
  )
),
locked as materialized (
  select s.id from ${shards} s where s.id in (select id from move) order by s.id for update
)
update ${shards} s set
  frontier = case when m.frontier is not null and ${isFurther} then m.frontier else s.frontier end,
  leading_zeros = case when m.frontier is not null and ${isFurther} then m.leading_zeros else s.leading_zeros end,
  complete = s.complete or m.complete
from move m join locked l on l.id = m.id
where s.id = m.id and s.epoch = m.epoch
returning m.n`;
}

/** Deletes shards of the stream `$2` that have no children which are not complete. */
export function forgetShards({ stream_shards: shards }: Names): string {
  return `delete from ${shards} s where s.id in (select id from json_to_recordset($1::json) as m(id bytea))
and not exists (
  select 1 from ${shards} c where c.stream_id = $2::text::bytea and c.parent = s.shard and not c.complete
)`;
}

import type { Names } from '../schema/names.ts';
import { ACTION_COLUMNS, type ActionRow } from './action-columns.ts';

/** An action that was taken. */
export interface TakenRow extends ActionRow {
  /** In hexadecimal digits, as the next two. */
  readonly id: string;
  readonly document: string;
  readonly receipt: string;
  readonly receives: number;
  /** Milliseconds since 1970. */
  readonly sent_at: string;
}

/**
 * Takes actions. Before anything is locked, one of each document may be had: its first, unless somebody has that. Of those as many as are asked for
 * are locked, without waiting for who is at one already; what follows of the same documents goes with them, as far as there is room. So nobody
 * gets an action while an earlier one of its document is somebody's, and a document with many actions takes no other's place. What follows may be
 * acknowledged at this moment by whoever had it before; it has no document any more, and is not taken.
 *
 * `$1` how many, `$2` for how many milliseconds.
 */
export function takeActions({ search_actions: actions }: Names): string {
  return `with head as materialized (
  select a.document, a.position from ${actions} a
  where not a.done and a.visible_at <= now() and not exists (
    select 1 from ${actions} b where b.document = a.document and b.position < a.position and not b.done
  )
  order by a.position
  limit $1::text::integer
  for update of a skip locked
),
follower as (
  select f.id, f.position, f.n, bool_and(f.visible_at <= now()) over (partition by h.document order by f.n) as is_free
  from head h
  cross join lateral (
    select a.id, a.position, a.visible_at, row_number() over (order by a.position) as n from ${actions} a
    where a.document = h.document and not a.done
    order by a.position
    limit $1::text::integer
  ) f
),
chosen as materialized (
  select id from follower where is_free order by n, position limit $1::text::integer
),
taken as (
  update ${actions} a
  set visible_at = clock_timestamp() + $2::text::integer * interval '1 millisecond', receipt = gen_random_uuid(), receives = a.receives + 1
  from chosen c where a.id = c.id and not a.done
  returning a.*
)
select encode(a.id, 'hex') as id, encode(a.document, 'hex') as document, a.receipt::text, a.receives,
  floor(extract(epoch from a.sent_at) * 1000)::text as sent_at, ${ACTION_COLUMNS}
from taken a
order by a.position`;
}

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
  /** Whether it was not taken, and is a dead letter from now on. */
  readonly died: boolean;
}

/** Of how many actions, from the queue's head on, those are looked for that may be had: so many times what is asked for. */
const WINDOW = 4;

/**
 * An action that so many receivers have had, none of whom answered, is taken alone: if it is what ends them, it does not take others with it, and
 * if not, it is over soon.
 */
const ALONE = 3;

/**
 * Takes actions. Before anything is locked, one of each document may be had: its first, unless somebody has that. Of those as many as are asked for
 * are locked, without waiting for who is at one already; what follows of the same documents goes with them, as far as there is room. So nobody
 * gets an action while an earlier one of its document is somebody's, and a document with many actions takes no other's place. What follows may be
 * acknowledged at this moment by whoever had it before; it has no document any more, and is not taken.
 *
 * The oldest actions are looked at first, as far as a window goes. Only where too few of these may be had, as a document that somebody has fills the
 * window, all documents that wait are gone through, from one to the next in an index: what it takes grows with their number, not with that of their actions.
 *
 * What may have ended those that had it is taken alone, and before all others: nobody knows which of a batch it was.
 *
 * `$1` how many, `$2` for how many milliseconds. What `$3` receivers have had, none of whom finished it or gave it back, is not given to another one,
 * and is a dead letter, for the reason `$4`.
 */
export function takeActions({ search_actions: actions }: Names): string {
  const dies = 'a.unanswered >= $3::text::integer';
  const isSuspect = (of: string) => `(${of}.unanswered >= ${ALONE} and ${of}.unanswered < $3::text::integer)`;
  return `with recursive near as materialized (
  select a.document, a.position, a.visible_at, a.unanswered from ${actions} a
  where not a.done
  order by a.position
  limit $1::text::integer * ${WINDOW}
),
near_first as materialized (
  select n.document, n.position, n.unanswered from (
    select distinct on (document) document, position, visible_at, unanswered from near order by document, position
  ) n
  where n.visible_at <= now()
),
first as (
  (
    select a.document, a.position, a.visible_at, a.unanswered from ${actions} a
    where not a.done and (select count(*) from near_first) < $1::text::integer
      and (select count(*) from near) = $1::text::integer * ${WINDOW}
    order by a.document, a.position
    limit 1
  )
  union all
  select n.document, n.position, n.visible_at, n.unanswered from first f
  cross join lateral (
    select a.document, a.position, a.visible_at, a.unanswered from ${actions} a
    where not a.done and a.document > f.document
    order by a.document, a.position
    limit 1
  ) n
),
candidate as materialized (
  select c.document, c.position, ${isSuspect('c')} as is_suspect from (
    select document, position, unanswered from near_first
    union
    select document, position, unanswered from first where visible_at <= now()
  ) c
),
head as materialized (
  select a.document, a.position, c.is_suspect from ${actions} a join candidate c on c.position = a.position and c.document = a.document
  where not a.done and a.visible_at <= now()
  order by c.is_suspect desc, a.position
  limit (select case when bool_or(is_suspect) then 1 else $1::text::integer end from candidate)
  for update of a skip locked
),
follower as (
  select f.id, f.position, f.n,
    bool_and(f.visible_at <= now() and (f.n = 1 or not (h.is_suspect or ${isSuspect('f')}))) over (partition by h.document order by f.n) as is_free
  from head h
  cross join lateral (
    select a.id, a.position, a.visible_at, a.unanswered, row_number() over (order by a.position) as n from ${actions} a
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
  set visible_at = case when ${dies} then now() else clock_timestamp() + $2::text::integer * interval '1 millisecond' end,
    receipt = case when not (${dies}) then gen_random_uuid() end,
    receives = a.receives + case when ${dies} then 0 else 1 end,
    unanswered = case when ${dies} then 0 else a.unanswered + 1 end,
    done = ${dies},
    died_at = case when ${dies} then now() end,
    reason = case when ${dies} then $4::text end
  from chosen c where a.id = c.id and not a.done
  returning a.*
)
select encode(a.id, 'hex') as id, encode(a.document, 'hex') as document, a.receipt::text, a.receives,
  floor(extract(epoch from a.sent_at) * 1000)::text as sent_at, a.done as died, ${ACTION_COLUMNS}
from taken a
order by a.position`;
}

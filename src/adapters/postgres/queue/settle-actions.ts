import type { Names } from '../schema/names.ts';

/** What became of a receipt: `own` where the statement did what was asked, `gone` where the action is off the queue already. */
export interface SettledRow {
  readonly n: number;
  readonly own: boolean;
  readonly gone: boolean;
}

/** Statements on actions that somebody has, by their receipts; `$1` are these. */
function settle({ search_actions: actions }: Names, change: string, more = ''): string {
  return `with receipt as materialized (
  select * from json_to_recordset($1::json) as r(n integer, id bytea, receipt uuid, reason text)
),
locked as materialized (
  select a.id, a.receipt, a.done from ${actions} a
  where a.id in (select id from receipt)
  order by a.id
  for update
),
changed as (
  update ${actions} a set ${change}
  from receipt r join locked l on l.id = r.id and l.receipt = r.receipt and not l.done
  where a.id = r.id
)${more}
select r.n, coalesce(l.receipt = r.receipt, false) as own, coalesce(l.done, true) as gone
from receipt r left join locked l on l.id = r.id`;
}

/** Keeps actions as dead letters, each with the reason that comes with its receipt. They are as they were sent, so that they can be put back. */
export function refuseActions(names: Names): string {
  return settle(
    names,
    'done = true, receipt = null, visible_at = now(), unanswered = 0, died_at = now(), reason = r.reason',
  );
}

/** What was taken off the queue stays for five minutes, so that repeats are known. */
export function acknowledgeActions(names: Names): string {
  return settle(
    names,
    'done = true, fields = null, receipt = null',
    `,
forgotten as (
  delete from ${names.search_actions} where id in (
    select id from ${names.search_actions} where done and died_at is null and sent_at < now() - interval '10 minutes'
    limit 1000 for update skip locked
  )
)`,
  );
}

/** Hides actions for `$2` milliseconds from now on: 0 shows them. Who gives one back has not died of it. */
export function hideActions(names: Names, { keeps }: { readonly keeps: boolean }): string {
  const until = `visible_at = clock_timestamp() + $2::text::bigint * interval '1 millisecond'`;
  return settle(
    names,
    keeps ? until : `${until}, receipt = null, unanswered = greatest(a.unanswered - 1, 0)`,
  );
}

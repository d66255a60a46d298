import { packBatches } from '../../../application/pack-batches.ts';
import { SearchQueue } from '../../../application/ports/search-queue.ts';
import type { Done, Result } from '../../../application/result.ts';
import { Fault } from '../../../domain/fault.ts';
import type { SearchAction } from '../../../domain/search-action.ts';
import { messageFault, nameOfAction } from '../../../domain/search-message.ts';
import type { Database } from '../client/database.ts';
import { inParts } from '../in-parts.ts';
import type { Names } from '../schema/names.ts';
import { actionJson } from './action-columns.ts';

/** Of one statement: actions, and characters of JSON. Any action fits. */
const MOST = { count: 10_000, weight: 16 * 1_024 * 1_024 };

interface Prepared {
  readonly action: SearchAction;
  readonly json: string;
}

/** A queue of search actions in PostgreSQL: a row each. One statement sends all of a call that fit. */
export class PostgresSearchQueue extends SearchQueue {
  readonly #database: Database;
  readonly #names: Names;
  readonly #onSent: (actions: number) => void;

  /** @param onSent told how many actions the queue has taken, repeats not counted. */
  constructor(database: Database, names: Names, onSent: (actions: number) => void = () => undefined) {
    super();
    this.#database = database;
    this.#names = names;
    this.#onSent = onSent;
  }

  override async send(actions: readonly SearchAction[], signal?: AbortSignal): Promise<readonly Done[]> {
    signal?.throwIfAborted();
    const results = new Map<SearchAction, Done>();
    const prepared: Prepared[] = [];
    for (const action of actions) {
      const fault = messageFault(action);
      if (fault === undefined) prepared.push({ action, json: actionJson(action) });
      else results.set(action, fault);
    }
    for (const batch of packBatches(prepared, ({ json }) => json.length, MOST).batches) {
      const done = await inParts(batch, (some) => this.#attempt(some, signal), signal);
      for (const [index, { action }] of batch.entries()) results.set(action, unlessBusy(action, done[index]));
    }
    return actions.map((action) => results.get(action) ?? missing(action));
  }

  async #attempt(actions: readonly Prepared[], signal: AbortSignal | undefined): Promise<readonly Result[]> {
    const [sent] = await this.#database.query<{ readonly count: number }>(
      sendActions(this.#names),
      [`[${actions.map(({ json }) => json).join()}]`],
      signal,
    );
    this.#onSent(sent?.count ?? 0);
    return actions.map(() => 'done');
  }
}

/** A repeat finds the row of the first, which stays for five minutes at least, also when it was taken off the queue. Those that wait are woken. */
function sendActions({ search_actions: actions, channel }: Names): string {
  return `with sent as (insert into ${actions} as a (id, document, collection, document_id, generation, epoch, sequence, leading_zeros,
  fill, stream, stream_sequence, row_partition, row_sort, fields)
select * from json_to_recordset($1::json) as m(
  id bytea, document bytea, collection text, document_id text, generation bigint, epoch text, sequence numeric,
  leading_zeros integer, fill bigint, stream text, stream_sequence text, row_partition text, row_sort text, fields jsonb
)
order by id
on conflict (id) do update set position = excluded.position, fields = excluded.fields, row_partition = excluded.row_partition,
  row_sort = excluded.row_sort, sent_at = excluded.sent_at, visible_at = excluded.visible_at, receives = 0, unanswered = 0, receipt = null,
  done = false, died_at = null, reason = null
where a.done and a.sent_at < now() - interval '5 minutes'
returning 1)
select count(*)::integer as count, case when count(*) > 0 then pg_notify('${channel}', '')::text end as notified from sent`;
}

function unlessBusy(action: SearchAction, result: Result | undefined): Done {
  if (result === 'done' || Fault.is(result)) return result;
  if (result === undefined) return missing(action);
  return new Fault('transient', `${nameOfAction(action)}: others were sending the same actions`);
}

function missing(action: SearchAction): Fault {
  return new Fault('transient', `${nameOfAction(action)}: the action got no result`);
}

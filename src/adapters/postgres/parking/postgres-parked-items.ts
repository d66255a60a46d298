import { randomUUID } from 'node:crypto';
import { packBatches } from '../../../application/pack-batches.ts';
import {
  type NotedItem,
  ParkedItems,
  type ParkedLook,
  type ParkingMove,
} from '../../../application/ports/parked-items.ts';
import type { Result } from '../../../application/result.ts';
import { Fault } from '../../../domain/fault.ts';
import { readItemKey } from '../../../domain/row.ts';
import type { Version } from '../../../domain/version.ts';
import { versionText } from '../../../domain/version-text.ts';
import { recordJson } from '../../json/record-json.ts';
import type { Database } from '../client/database.ts';
import { inParts } from '../in-parts.ts';
import type { Names } from '../schema/names.ts';
import { hashedKey } from '../values/hashed-key.ts';
import { readText, storedText } from '../values/text.ts';

/** Of one statement: moves, and characters of JSON. */
const MOST = { count: 1_000, weight: 16 * 1_024 * 1_024 };

/** So many items are given at a time. */
const PAGE = 500;

interface Row {
  readonly id: string;
  readonly item: string;
  readonly revision: string;
  readonly parked_at: string | null;
  readonly since: string;
  readonly newest: string;
  readonly changes: string;
  readonly deliveries: string;
  readonly reason: string;
}

interface Prepared {
  readonly move: ParkingMove;
  readonly json: string;
}

const MILLISECONDS = 'round(extract(epoch from parked_at) * 1000)::bigint::text';
const COLUMNS = `o.id::text as id, o.item, o.revision, round(extract(epoch from o.parked_at) * 1000)::bigint::text as parked_at,
  o.since, o.newest, o.changes::text as changes, o.deliveries::text as deliveries, o.reason`;

/** Parked items in PostgreSQL: one statement a call. */
export class PostgresParkedItems extends ParkedItems {
  readonly #database: Database;
  readonly #names: Names;

  constructor(database: Database, names: Names) {
    super();
    this.#database = database;
    this.#names = names;
  }

  override async look(items: readonly string[], signal?: AbortSignal): Promise<ParkedLook> {
    signal?.throwIfAborted();
    const { parked_items } = this.#names;
    type Found = { readonly parked: number; readonly oldest: string | null } & (Row | { readonly id: null });
    const rows = await this.#database.query<Found>(
      `with all_parked as (
  select count(*)::integer as parked, min(${MILLISECONDS}::bigint)::text as oldest from ${parked_items}
  where parked_at is not null
)
select a.parked, a.oldest, ${COLUMNS} from all_parked a left join ${parked_items} o
  on o.id in (select value::bytea from json_array_elements_text($1::json))`,
      [JSON.stringify(items.map((item) => hashedKey(item)))],
      signal,
    );
    const noted = new Map(
      rows.flatMap((row) => (row.id === null ? [] : [[readText(row.item), notedIn(row)] as const])),
    );
    const [first] = rows;
    return {
      noted: items.map((item) => noted.get(item)),
      parked: first?.parked ?? 0,
      oldest: typeof first?.oldest === 'string' ? Number(first.oldest) : undefined,
    };
  }

  override async save(moves: readonly ParkingMove[], signal?: AbortSignal): Promise<readonly Result[]> {
    signal?.throwIfAborted();
    const results = new Map<ParkingMove, Result>();
    const prepared: Prepared[] = [];
    for (const move of moves)
      try {
        prepared.push({ move, json: JSON.stringify(moveJson(move)) });
      } catch (error) {
        results.set(move, Fault.from(error));
      }
    const { batches, oversized } = packBatches(prepared, ({ json }) => json.length, MOST);
    for (const batch of [...batches, ...oversized.map((one) => [one])]) {
      const done = await inParts(batch, (some) => this.#attempt(some, signal), signal);
      for (const [index, { move }] of batch.entries())
        results.set(move, done[index] ?? new Fault('transient', 'the item got no result'));
    }
    return moves.map((move) => results.get(move) ?? new Fault('transient', 'the item got no result'));
  }

  override async page(after: string | undefined, signal?: AbortSignal) {
    signal?.throwIfAborted();
    const rows = await this.#database.query<Row>(
      `select ${COLUMNS} from ${this.#names.parked_items} o where o.id > $1::text::bytea order by o.id limit ${PAGE}`,
      [after ?? String.raw`\x`],
      signal,
    );
    return { items: rows.map(notedIn), next: rows.length < PAGE ? undefined : rows.at(-1)?.id };
  }

  async #attempt(some: readonly Prepared[], signal: AbortSignal | undefined): Promise<readonly Result[]> {
    const rows = await this.#database.query<{ readonly id: string }>(
      saveItems(this.#names),
      [`[${some.map(({ json }) => json).join()}]`],
      signal,
    );
    const saved = new Set(rows.map(({ id }) => id));
    return some.map(({ move }) => (saved.has(hashedKey(move.item)) ? 'done' : 'conflict'));
  }
}

/** New items are put, and those that are there locked, in the order of their ids; they are as they are by then. */
function saveItems({ parked_items, kept_changes }: Names): string {
  return `with move as materialized (
  select * from json_to_recordset($1::json) as m(
    id bytea, item text, partition text, sort text, read text, revision text, gone boolean, parked_at bigint,
    since text, newest text, changes bigint, deliveries bigint, reason text, keep json
  )
),
inserted as (
  insert into ${parked_items} as o
    (id, item, partition, sort, revision, parked_at, since, newest, changes, deliveries, reason)
  select id, item, partition, sort, revision, to_timestamp(parked_at / 1000.0), since, newest, changes, deliveries, reason
  from move where read is null order by id
  on conflict (id) do nothing
  returning o.id
),
locked as materialized (
  select o.id from ${parked_items} o where o.id in (select id from move where read is not null) order by o.id for update
),
updated as (
  update ${parked_items} o set revision = m.revision, parked_at = to_timestamp(m.parked_at / 1000.0), since = m.since,
    newest = m.newest, changes = m.changes, deliveries = m.deliveries, reason = m.reason, changed_at = now()
  from move m join locked l on l.id = m.id
  where o.id = m.id and not m.gone and o.revision = m.read
  returning o.id
),
deleted as (
  delete from ${parked_items} o using move m join locked l on l.id = m.id
  where o.id = m.id and m.gone and o.revision = m.read
  returning o.id
),
done as (select id from inserted union all select id from updated union all select id from deleted),
kept as (
  insert into ${kept_changes} (item_id, place, version, record)
  select m.id, k.place, k.version, k.record
  from move m join done d on d.id = m.id,
    lateral json_to_recordset(m.keep) as k(place text, version text, record text)
  on conflict (item_id, place) do nothing
)
select id::text as id from done`;
}

function moveJson({ item, from, to, keep }: ParkingMove) {
  const key = readItemKey(item, true);
  return {
    ...{ id: hashedKey(item), item: storedText(item), read: from?.revision ?? null, revision: randomUUID() },
    partition: storedText(key?.partition ?? item),
    sort: key?.sort === undefined || key.sort === '' ? null : storedText(key.sort),
    gone: to === undefined,
    ...(to !== undefined && {
      ...{ parked_at: to.parkedAt ?? null, changes: to.changes, deliveries: to.deliveries },
      ...{ since: versionJson(to.since), newest: versionJson(to.newest), reason: storedText(to.reason) },
    }),
    keep: keep.map(({ version, raw }) => ({
      place: versionText(version),
      version: versionJson(version),
      record: storedText(recordJson(raw, `record ${version.sequence}`, 'parked')),
    })),
  };
}

function notedIn({ item, revision, parked_at, since, newest, changes, deliveries, reason }: Row): NotedItem {
  return {
    ...{ item: readText(item), revision, reason: readText(reason) },
    parkedAt: parked_at === null ? undefined : Number(parked_at),
    ...{ since: readVersion(since), newest: readVersion(newest) },
    ...{ changes: Number(changes), deliveries: Number(deliveries) },
  };
}

function versionJson({ generation, epoch, sequence }: Version): string {
  return JSON.stringify([generation, epoch, sequence]);
}

/** The version that is stored so. */
export function readVersion(text: string): Version {
  const [generation, epoch, sequence] = JSON.parse(text) as [number, string, string];
  return { generation, epoch, sequence };
}

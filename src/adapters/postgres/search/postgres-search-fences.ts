import { SearchFences } from '../../../application/ports/search-fences.ts';
import type { Result } from '../../../application/result.ts';
import type { DocumentKey } from '../../../domain/search-document.ts';
import type { SearchFence, SearchFenceMove } from '../../../domain/search-fence.ts';
import { TOMBSTONE_SECONDS } from '../../../domain/tombstones.ts';
import type { Database } from '../client/database.ts';
import { inParts } from '../in-parts.ts';
import { wholePagesOf } from '../pages.ts';
import type { Names } from '../schema/names.ts';
import { hashedKey } from '../values/hashed-key.ts';
import { readText, storedText } from '../values/text.ts';
import { versionColumns, versionOf, type VersionRow } from '../values/version-columns.ts';

interface FenceRow extends VersionRow {
  readonly n: number;
  readonly removed: boolean;
  readonly revision: string;
}

/** The fences of a search index elsewhere, in PostgreSQL. One statement reads, and one moves, all of a call. */
export class PostgresSearchFences extends SearchFences {
  readonly #database: Database;
  readonly #names: Names;

  constructor(database: Database, names: Names) {
    super();
    this.#database = database;
    this.#names = names;
  }

  override async load(
    keys: readonly DocumentKey[],
    signal?: AbortSignal,
  ): Promise<readonly (SearchFence | undefined)[]> {
    signal?.throwIfAborted();
    if (keys.length === 0) return [];
    const rows = await this.#database.query<FenceRow>(
      `select m.n, f.generation::text, f.epoch, f.sequence::text, f.leading_zeros, f.fill::text, f.removed, f.revision::text
from json_to_recordset($1::json) as m(n integer, id bytea)
join ${this.#names.search_fences} f on f.id = m.id`,
      [JSON.stringify(keys.map((key, n) => ({ n, id: idOf(key) })))],
      signal,
    );
    const found = new Map(rows.map((row) => [row.n, row]));
    return keys.map((_, n) => {
      const row = found.get(n);
      return row && { version: versionOf(row), removed: row.removed, revision: Number(row.revision) };
    });
  }

  override async advance(
    moves: readonly SearchFenceMove[],
    signal?: AbortSignal,
  ): Promise<readonly Result[]> {
    signal?.throwIfAborted();
    const results = await inParts(moves, (some) => this.#attempt(some, signal), signal);
    // Somebody else was at it: perhaps at the same fence.
    return results.map((result) => (result === 'busy' ? 'conflict' : result));
  }

  override async *documents(
    collections: readonly string[],
    signal?: AbortSignal,
  ): AsyncGenerator<readonly DocumentKey[]> {
    const paged = {
      columns: 't.collection, t.document_id',
      from: `${this.#names.search_fences} t`,
      where: 'not t.removed and t.collection = any($2::text[])',
      values: [collections.map(storedText)],
    };
    for await (const page of wholePagesOf<{
      readonly collection: string;
      readonly document_id: string;
    }>(this.#database, paged, signal))
      yield page.map((row) => ({ collection: readText(row.collection), id: readText(row.document_id) }));
  }

  async #attempt(
    moves: readonly SearchFenceMove[],
    signal: AbortSignal | undefined,
  ): Promise<readonly Result[]> {
    const rows = await this.#database.query<{ readonly n: number }>(
      moveFences(this.#names),
      [JSON.stringify(moves.map(moveColumns))],
      signal,
    );
    const moved = new Set(rows.map(({ n }) => n));
    return moves.map((_, n) => (moved.has(n) ? 'done' : 'conflict'));
  }
}

function moveColumns({ key, from, to }: SearchFenceMove, n: number) {
  const before = from && versionColumns(from.version);
  return {
    n,
    id: idOf(key),
    collection: storedText(key.collection),
    document_id: storedText(key.id),
    ...versionColumns(to.version),
    removed: to.removed,
    revision: to.revision,
    is_new: from === undefined,
    from_generation: before?.generation ?? null,
    from_epoch: before?.epoch ?? null,
    from_sequence: before?.sequence ?? null,
    from_fill: before?.fill ?? null,
    from_revision: from?.revision ?? null,
  };
}

/** New fences are put, and those that are there locked, in the order of their ids; they are as they are by then. */
function moveFences({ search_fences: fences }: Names): string {
  const expiry = `case when m.removed then now() + interval '${TOMBSTONE_SECONDS} seconds' end`;
  return `with move as materialized (
  select * from json_to_recordset($1::json) as m(
    n integer, id bytea, collection text, document_id text, generation bigint, epoch text, sequence numeric, leading_zeros integer,
    fill bigint, removed boolean, revision bigint, is_new boolean, from_generation bigint, from_epoch text, from_sequence numeric,
    from_fill bigint, from_revision bigint
  )
),
inserted as (
  insert into ${fences} (id, collection, document_id, generation, epoch, sequence, leading_zeros, fill, removed, revision, expires_at)
  select id, collection, document_id, generation, epoch, sequence, leading_zeros, fill, removed, revision, ${expiry}
  from move m where is_new
  order by id
  on conflict (id) do nothing
  returning id
),
locked as materialized (
  select f.id from ${fences} f where f.id in (select id from move where not is_new) order by f.id for update
),
updated as (
  update ${fences} f
  set generation = m.generation, epoch = m.epoch, sequence = m.sequence, leading_zeros = m.leading_zeros,
    fill = m.fill, removed = m.removed, revision = m.revision, expires_at = ${expiry}
  from move m join locked l on l.id = m.id
  where f.id = m.id and not m.is_new and f.revision = m.from_revision
    and (f.generation, f.epoch, f.sequence, f.fill) = (m.from_generation, m.from_epoch collate "C", m.from_sequence, m.from_fill)
  returning f.id
)
select m.n from move m where m.id in (select id from inserted union all select id from updated)`;
}

function idOf({ collection, id }: DocumentKey): string {
  return hashedKey(collection, id);
}

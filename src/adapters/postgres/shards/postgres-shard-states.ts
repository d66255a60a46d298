import {
  type Advance,
  type Claim,
  type LeaseClaim,
  ShardStates,
} from '../../../application/ports/shard-states.ts';
import type { Gap, NewShard, ShardState } from '../../../domain/shard.ts';
import type { Database } from '../client/database.ts';
import type { Names } from '../schema/names.ts';
import { storedText } from '../values/text.ts';
import {
  gapId,
  gapOf,
  type GapRow,
  SHARD_COLUMNS,
  shardId,
  shardOf,
  type ShardRow,
  streamId,
} from './shard-row.ts';
import { advanceShards, claimShards, forgetShards, writeHeld } from './shard-statements.ts';

/** How far the shards of streams are handled, in PostgreSQL: one statement a call. */
export class PostgresShardStates extends ShardStates {
  readonly #database: Database;
  readonly #names: Names;

  constructor(database: Database, names: Names) {
    super();
    this.#database = database;
    this.#names = names;
  }

  override async load(stream: string, signal?: AbortSignal): Promise<readonly ShardState[]> {
    const rows = await this.#database.query<ShardRow>(
      `select ${SHARD_COLUMNS('s')} from ${this.#names.stream_shards} s where s.stream_id = $1::text::bytea`,
      [streamId(stream)],
      signal,
    );
    return rows.map(shardOf);
  }

  override async add(stream: string, shards: readonly NewShard[], signal?: AbortSignal): Promise<void> {
    await this.#run(
      `insert into ${this.#names.stream_shards} (id, stream_id, stream, shard, parent, start, first)
select m.id, $2::text::bytea, $3, m.shard, m.parent, m.start, m.first
from json_to_recordset($1::json) as m(id bytea, shard text, parent text, start text, first text)
order by m.id
on conflict (id) do nothing`,
      shards.map(({ id, parent, start, first }) => ({
        id: shardId(stream, id),
        shard: storedText(id),
        parent: parent === undefined ? null : storedText(parent),
        start,
        first: first === undefined ? null : storedText(first),
      })),
      [streamId(stream), storedText(stream)],
      signal,
    );
  }

  override async claim(
    stream: string,
    claims: readonly LeaseClaim[],
    owner: string,
    signal?: AbortSignal,
  ): Promise<readonly ShardState[]> {
    const rows = await this.#run<ShardRow>(
      claimShards(this.#names),
      claims.map((claim) => columnsOf(stream, claim)),
      [storedText(owner)],
      signal,
    );
    return rows.map(shardOf);
  }

  override async renew(
    stream: string,
    held: readonly Claim[],
    owner: string,
    signal?: AbortSignal,
  ): Promise<readonly string[]> {
    const statement = writeHeld(this.#names, 'renewals = s.renewals + 1');
    return this.#others(statement, stream, held, [storedText(owner)], signal);
  }

  override async release(
    stream: string,
    held: readonly Claim[],
    owner: string,
    signal?: AbortSignal,
  ): Promise<void> {
    await this.#others(writeHeld(this.#names, "owner = ''"), stream, held, [storedText(owner)], signal);
  }

  override async advance(
    stream: string,
    moves: readonly Advance[],
    signal?: AbortSignal,
  ): Promise<readonly string[]> {
    return this.#others(advanceShards(this.#names), stream, moves, [], signal);
  }

  /** Runs a statement that gives the number of each that it has written. */
  async #others(
    statement: string,
    stream: string,
    items: readonly (Claim | Advance)[],
    values: readonly unknown[],
    signal: AbortSignal | undefined,
  ): Promise<readonly string[]> {
    const columns = items.map((item, n) => columnsOf(stream, item, n));
    const rows = await this.#run<{ readonly n: number }>(statement, columns, values, signal);
    const written = new Set(rows.map(({ n }) => n));
    return items.flatMap(({ shard }, n) => (written.has(n) ? [] : [shard]));
  }

  override async forget(stream: string, shards: readonly string[], signal?: AbortSignal): Promise<void> {
    const ids = shards.map((shard) => ({ id: shardId(stream, shard) }));
    await this.#run(forgetShards(this.#names), ids, [streamId(stream)], signal);
  }

  override async noteGaps(stream: string, gaps: readonly Gap[], signal?: AbortSignal): Promise<void> {
    await this.#run(
      // No statement may write a row twice.
      `insert into ${this.#names.stream_gaps} as g (id, stream_id, stream, shard, reason, after, at)
select distinct on (m.id) m.id, $2::text::bytea, $3, m.shard, m.reason, m.after, m.at
from json_to_recordset($1::json) as m(id bytea, shard text, reason text, after text, at bigint)
order by m.id, m.at desc
on conflict (id) do update set at = excluded.at where g.at < excluded.at`,
      gaps.map((gap) => ({
        id: gapId(stream, gap),
        shard: gap.shard === undefined ? null : storedText(gap.shard),
        reason: gap.reason,
        after: gap.after === undefined ? null : storedText(gap.after),
        at: gap.at,
      })),
      [streamId(stream), storedText(stream)],
      signal,
    );
  }

  override async gaps(stream: string, signal?: AbortSignal): Promise<readonly Gap[]> {
    const rows = await this.#database.query<GapRow>(
      `select shard, reason, after, at::text from ${this.#names.stream_gaps} where stream_id = $1::text::bytea order by at, id`,
      [streamId(stream)],
      signal,
    );
    return rows.map(gapOf);
  }

  override async closeGaps(stream: string, gaps: readonly Gap[], signal?: AbortSignal): Promise<void> {
    await this.#run(
      `delete from ${this.#names.stream_gaps} where (id, at) in (select id, at from json_to_recordset($1::json) as m(id bytea, at bigint))`,
      gaps.map((gap) => ({ id: gapId(stream, gap), at: gap.at })),
      [],
      signal,
    );
  }

  /** @param items what the statement's first parameter lists. */
  async #run<R extends object>(
    statement: string,
    items: readonly object[],
    values: readonly unknown[],
    signal: AbortSignal | undefined,
  ): Promise<readonly R[]> {
    signal?.throwIfAborted();
    if (items.length === 0) return [];
    return this.#database.query<R>(statement, [JSON.stringify(items), ...values], signal);
  }
}

function columnsOf(
  stream: string,
  { shard, epoch, failoverMs, frontier, complete }: LeaseClaim & Partial<Advance>,
  n = 0,
) {
  const digits = frontier?.replace(/^0+(?=\d)/, '');
  return {
    n,
    id: shardId(stream, shard),
    epoch,
    failover_ms: failoverMs ?? null,
    frontier: digits ?? null,
    leading_zeros: (frontier?.length ?? 0) - (digits?.length ?? 0),
    complete: complete ?? false,
  };
}

import type { Gap, ShardState } from '../../../domain/shard.ts';
import { hashedKey } from '../values/hashed-key.ts';
import { readText } from '../values/text.ts';

/** The columns of a shard, as statements give them. */
export const SHARD_COLUMNS = (of: string) =>
  `${of}.shard, ${of}.parent, ${of}.start, ${of}.first, ${of}.frontier::text, ${of}.leading_zeros, ${of}.complete, ${of}.owner, ${of}.epoch::text, ${of}.renewals::text, ${of}.failover_ms::text`;

export interface ShardRow {
  readonly shard: string;
  readonly parent: string | null;
  readonly start: ShardState['start'];
  readonly first: string | null;
  readonly frontier: string | null;
  readonly leading_zeros: number;
  readonly complete: boolean;
  readonly owner: string;
  readonly epoch: string;
  readonly renewals: string;
  readonly failover_ms: string | null;
}

export function shardOf(row: ShardRow): ShardState {
  const {
    shard,
    parent,
    start,
    first,
    frontier,
    leading_zeros: zeros,
    complete,
    failover_ms: failoverMs,
  } = row;
  const lease = { owner: readText(row.owner), epoch: Number(row.epoch), renewals: Number(row.renewals) };
  return {
    id: readText(shard),
    parent: parent === null ? undefined : readText(parent),
    start,
    ...(first === null ? {} : { first: readText(first) }),
    frontier: frontier === null ? undefined : '0'.repeat(zeros) + frontier,
    complete,
    lease: failoverMs === null ? lease : { ...lease, failoverMs: Number(failoverMs) },
  };
}

export interface GapRow {
  readonly shard: string | null;
  readonly reason: Gap['reason'];
  readonly after: string | null;
  readonly at: string;
}

export function gapOf({ shard, reason, after, at }: GapRow): Gap {
  return {
    shard: shard === null ? undefined : readText(shard),
    reason,
    after: after === null ? undefined : readText(after),
    at: Number(at),
  };
}

export function streamId(stream: string): string {
  return hashedKey(stream);
}

export function shardId(stream: string, shard: string): string {
  return hashedKey(stream, shard);
}

export function gapId(stream: string, { shard, reason, after }: Gap): string {
  return hashedKey(stream, reason, shard, after);
}

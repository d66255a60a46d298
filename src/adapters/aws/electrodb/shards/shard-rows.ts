import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marksOf } from '../../../../domain/stored-rows.ts';
import type { Gap, NewShard, ShardState } from '../../../../domain/shard.ts';
import { nativeItem } from '../attribute-values.ts';
import { SHARD_STATE, STREAM_GAP } from '../state-entities.ts';

/** What a stream's rows in the state table have in common: they are read by one query. */
export function partitionOf(stream: string): string {
  return `SHARDS#${stream}`;
}

export const SHARDS = 'SHARD#';
export const GAPS = 'GAP#';

export function shardKey(stream: string, shard: string) {
  return { PK: partitionOf(stream), SK: `${SHARDS}${shard}` };
}

/** Neither a reason nor a sequence number has a `#`. */
export function gapKey(stream: string, { shard, reason, after = '' }: Gap) {
  return {
    PK: partitionOf(stream),
    SK: `${GAPS}${reason}#${after}${shard === undefined ? '' : `#${shard}`}`,
  };
}

export function newShardRow(stream: string, { id, parent, start, first }: NewShard) {
  const lease = { owner: '', epoch: 0, renewals: 0 };
  return {
    ...marksOf(SHARD_STATE),
    ...{ shard: id, parent, start, first, complete: false, ...lease },
    ...shardKey(stream, id),
  };
}

export function gapRow(stream: string, gap: Gap) {
  const { shard, reason, after, at } = gap;
  return { ...marksOf(STREAM_GAP), shard, reason, after, at, ...gapKey(stream, gap) };
}

type Row = Readonly<Record<string, AttributeValue>>;

export function shardIn(row: Row): ShardState {
  const native = nativeItem(row) as ShardRow;
  const { shard, parent, start, first, frontier, complete, owner, epoch, renewals, failoverMs } = native;
  const lease = { owner, epoch: Number(epoch.toString()), renewals: Number(renewals.toString()) };
  return {
    ...(first === undefined ? {} : { first }),
    ...{ id: shard, parent, start, frontier, complete },
    lease: failoverMs ? { ...lease, failoverMs: Number(failoverMs.toString()) } : lease,
  };
}

export function gapIn(row: Row): Gap {
  const { shard, reason, after, at } = nativeItem(row) as unknown as GapRow;
  return { shard, reason, after, at: Number(at.toString()) };
}

/** The document client's number. */
interface Numeric {
  toString(): string;
}

type ShardRow = Record<string, unknown> & {
  readonly shard: string;
  readonly parent: string | undefined;
  readonly start: ShardState['start'];
  readonly first: string | undefined;
  readonly frontier: string | undefined;
  readonly complete: boolean;
  readonly owner: string;
  readonly epoch: Numeric;
  readonly renewals: Numeric;
  readonly failoverMs?: Numeric | null;
};

type GapRow = Omit<Gap, 'at'> & { readonly at: Numeric };

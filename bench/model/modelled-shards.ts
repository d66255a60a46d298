import type { Sleeper } from '../../src/application/ports/sleeper.ts';
import {
  type ShardListing,
  type SourcePage,
  type SourceRecord,
  StreamSource,
} from '../../src/application/ports/stream-source.ts';

/** Milliseconds that a request takes. */
const LATENCY_MS = 5;
const NEVER = new AbortController().signal;
/** Of a listing's page. */
const LISTED = 100;

/** A stream of open shards that never roll, of which each has nothing, or always more. */
export class ModelledShards extends StreamSource {
  override readonly arn =
    'arn:aws:dynamodb:eu-west-1:111122223333:table/modelled/stream/2026-01-05T00:00:00.000';
  readonly requests: Record<string, number> = {};
  /** The record number `n` of a shard; without it there is none. */
  recordOf: ((shard: string, n: number) => SourceRecord) | undefined;
  readonly #ids: readonly string[];
  readonly #sleeper: Sleeper;

  constructor(shards: number, sleeper: Sleeper) {
    super();
    this.#ids = Array.from({ length: shards }, (_, n) => `shardId-${String(n).padStart(20, '0')}-0000`);
    this.#sleeper = sleeper;
  }

  override async list({ after = '' }: { readonly after?: string | undefined }): Promise<ShardListing> {
    await this.#request('DescribeStream');
    const ids = this.#ids.filter((id) => id > after);
    return {
      shards: ids.slice(0, LISTED).map((id) => ({ id, parent: undefined, closed: false })),
      next: ids.length > LISTED ? ids[LISTED - 1] : undefined,
      enabled: true,
    };
  }

  override async iterator(shard: string) {
    await this.#request('GetShardIterator');
    return { is: 'iterator' as const, iterator: `${shard} 0` };
  }

  override async records(iterator: string, max: number): Promise<SourcePage> {
    await this.#request('GetRecords');
    const [shard = '', from = ''] = iterator.split(' ');
    const { recordOf } = this;
    if (recordOf === undefined) return { is: 'page', records: [], next: iterator };
    const records = Array.from({ length: max }, (_, n) => recordOf(shard, Number(from) + n));
    return { is: 'page', records, next: `${shard} ${Number(from) + max}` };
  }

  async #request(operation: string): Promise<void> {
    this.requests[operation] = (this.requests[operation] ?? 0) + 1;
    await this.#sleeper.sleep(LATENCY_MS, NEVER);
  }
}

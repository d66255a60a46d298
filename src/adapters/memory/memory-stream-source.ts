import type { Clock } from '../../application/ports/clock.ts';
import {
  type ListShards,
  type ShardListing,
  type SourcePage,
  StreamSource,
} from '../../application/ports/stream-source.ts';
import { Fault } from '../../domain/fault.ts';
import type { ShardPosition } from '../../domain/shard.ts';
import type { MemoryStream } from './memory-stream.ts';

export interface MemoryStreamSourceOptions {
  /** Shards on a page of the listing; 100 unless given, as in DynamoDB. */
  readonly pageSize?: number;
  /** For how long an iterator is good, in milliseconds: fifteen minutes unless given. */
  readonly iteratorMs?: number;
}

/** What an iterator says, as text. */
interface Iterator {
  readonly shard: string;
  readonly from: number;
  readonly made: number;
}

/** A stream in memory, as a reader sees it. */
export class MemoryStreamSource extends StreamSource {
  readonly #stream: MemoryStream;
  readonly #clock: Clock;
  readonly #options: Required<MemoryStreamSourceOptions>;

  constructor(
    stream: MemoryStream,
    clock: Clock,
    { pageSize = 100, iteratorMs = 900_000 }: MemoryStreamSourceOptions = {},
  ) {
    super();
    this.#stream = stream;
    this.#clock = clock;
    this.#options = { pageSize, iteratorMs };
  }

  override get arn(): string {
    return this.#stream.arn;
  }

  override async list({ after, childrenOf }: ListShards, signal?: AbortSignal): Promise<ShardListing> {
    signal?.throwIfAborted();
    const { shards, enabled } = this.#stream;
    const listed = shards.filter(({ parent }) => childrenOf === undefined || parent === childrenOf);
    const from = after === undefined ? 0 : listed.findIndex(({ id }) => id === after) + 1;
    const page = listed.slice(from, from + this.#options.pageSize);
    const next = from + page.length < listed.length ? page.at(-1)?.id : undefined;
    return { shards: page, next, enabled };
  }

  override async iterator(
    shard: string,
    position: ShardPosition,
    signal?: AbortSignal,
  ): Promise<{ readonly is: 'iterator'; readonly iterator: string } | { readonly is: 'trimmed' | 'gone' }> {
    signal?.throwIfAborted();
    const bounds = this.#stream.boundsOf(shard);
    if (bounds === undefined) return { is: 'gone' };
    if (position === 'beginning')
      return bounds.start > 0 ? { is: 'trimmed' } : { is: 'iterator', iterator: this.#made(shard, 0) };
    if (position === 'horizon') return { is: 'iterator', iterator: this.#made(shard, bounds.start) };
    if (position === 'latest') return { is: 'iterator', iterator: this.#made(shard, bounds.end) };
    const before = position.after ?? String(BigInt(position.at) - 1n);
    const place = this.#stream.placeAfter(shard, before);
    return place === undefined ? { is: 'trimmed' } : { is: 'iterator', iterator: this.#made(shard, place) };
  }

  override async records(iterator: string, max: number, signal?: AbortSignal): Promise<SourcePage> {
    signal?.throwIfAborted();
    if (!(max >= 1 && max <= 1_000))
      throw new Fault('configuration', `${max} records are asked for: 1 to 1000 can be had at a time`);
    const { shard, from, made } = JSON.parse(iterator) as Iterator;
    const bounds = this.#stream.boundsOf(shard);
    if (bounds === undefined) return { is: 'gone' };
    if (this.#clock.now() - made >= this.#options.iteratorMs) return { is: 'expired' };
    if (from < bounds.start) return { is: 'trimmed' };
    const { records, next } = this.#stream.page(shard, from, max);
    return { is: 'page', records, next: next === undefined ? undefined : this.#made(shard, next) };
  }

  #made(shard: string, from: number): string {
    return JSON.stringify({ shard, from, made: this.#clock.now() } satisfies Iterator);
  }
}

import {
  type ListShards,
  type ShardListing,
  type SourcePage,
  StreamSource,
} from '../../application/ports/stream-source.ts';
import type { ShardPosition } from '../../domain/shard.ts';
import type { Random } from '../../random/random.ts';
import type { ModelledRecord, ModelledShard, ModelledStream } from './modelled-stream.ts';

export interface SourceSettings {
  /** How long iterators are good, in milliseconds. */
  readonly iteratorMs: number;
  /** How many shards a page of a listing has. */
  readonly listPage: number;
  /** How often a page has nothing although there is something. */
  readonly emptyPages: number;
  /** Whether it can tell the children of a shard by themselves. */
  readonly hasChildrenOf: boolean;
  /**
   * How it knows where a shard began: by itself, or by the number that it lists, and others may ask for again. That may be the one
   * of the first record that is left.
   */
  readonly beginnings?: 'known' | 'listed' | 'listed as left';
}

interface Iterator {
  readonly shard: string;
  /** All of a shard's records with a number above this one are ahead. */
  readonly above: string;
  readonly madeAt: number;
}

/** What a reader sees of a modelled stream, without anything that fails. */
export class ModelledSource extends StreamSource {
  override readonly arn: string;
  readonly #stream: ModelledStream;
  readonly #chance: Random;
  readonly #settings: SourceSettings;

  constructor(stream: ModelledStream, chance: Random, settings: SourceSettings) {
    super();
    this.arn = stream.arn;
    this.#stream = stream;
    this.#chance = chance;
    this.#settings = settings;
  }

  override async list({ after, childrenOf }: ListShards): Promise<ShardListing> {
    const { listPage, hasChildrenOf } = this.#settings;
    const { listed, isEnabled: enabled } = this.#stream;
    const all =
      childrenOf === undefined || !hasChildrenOf
        ? listed
        : listed.filter(({ parent }) => parent === childrenOf);
    const from = after === undefined ? 0 : all.filter(({ id }) => id <= after).length;
    const page = all.slice(from, from + listPage);
    const shards = page.map((shard) => {
      const { id, parent, closedAt } = shard;
      return { id, parent, closed: closedAt !== undefined, first: this.#firstOf(shard) };
    });
    const next = from + listPage < all.length ? page.at(-1)?.id : undefined;
    // To the second, as the service says it.
    return { shards, next, enabled, at: Math.floor(this.#stream.now / 1_000) * 1_000 };
  }

  override async iterator(id: string, position: ShardPosition) {
    const shard = this.#shard(id);
    if (shard === undefined) return { is: 'gone' } as const;
    const above = this.#aboveOf(shard, position);
    if (above === 'trimmed') return { is: 'trimmed' } as const;
    const iterator: Iterator = { shard: id, above: String(above), madeAt: this.#stream.now };
    return { is: 'iterator', iterator: JSON.stringify(iterator) } as const;
  }

  override async records(iterator: string, max: number): Promise<SourcePage> {
    const { shard: id, above, madeAt } = JSON.parse(iterator) as Iterator;
    const { now } = this.#stream;
    if (now - madeAt > this.#settings.iteratorMs) return { is: 'expired' };
    const shard = this.#shard(id);
    if (shard === undefined) return { is: 'gone' };
    const ahead = shard.records.filter(({ sequence }) => BigInt(sequence) > BigInt(above));
    if (ahead[0] !== undefined && this.#stream.isTrimmed(ahead[0])) return { is: 'trimmed' };
    const isEmpty = this.#chance.chance(this.#settings.emptyPages);
    const records = isEmpty ? [] : ahead.slice(0, this.#chance.int(1, max));
    const last = records.at(-1)?.sequence ?? above;
    const isEnd = shard.closedAt !== undefined && records.length === ahead.length;
    const next: Iterator = { shard: id, above: last, madeAt: now };
    return {
      is: 'page',
      records: records.map(toSource),
      next: isEnd ? undefined : JSON.stringify(next),
    };
  }

  #shard(id: string): ModelledShard | undefined {
    return this.#stream.listed.find((shard) => shard.id === id);
  }

  #firstOf({ first, records }: ModelledShard): string | undefined {
    const { beginnings = 'known' } = this.#settings;
    if (beginnings === 'known') return undefined;
    const left = records.find((record) => !this.#stream.isTrimmed(record));
    return left === undefined || beginnings === 'listed' ? String(first) : left.sequence;
  }

  #aboveOf(shard: ModelledShard, position: ShardPosition): bigint | 'trimmed' {
    if (position === 'latest') return BigInt(shard.records.at(-1)?.sequence ?? shard.first - 1n);
    const kept = shard.records.find((record) => !this.#stream.isTrimmed(record));
    const lost = shard.records.findLast((record) => this.#stream.isTrimmed(record));
    const horizon = kept === undefined ? (lost?.sequence ?? shard.first - 1n) : BigInt(kept.sequence) - 1n;
    const { beginnings = 'known' } = this.#settings;
    if (position === 'horizon' || (position === 'beginning' && beginnings !== 'known'))
      return BigInt(horizon);
    const above = position === 'beginning' ? shard.first - 1n : aboveNumber(position);
    return lost !== undefined && BigInt(lost.sequence) > above ? 'trimmed' : above;
  }
}

function aboveNumber({ at, after }: Extract<ShardPosition, object>): bigint {
  return at === undefined ? BigInt(after) : BigInt(at) - 1n;
}

function toSource(record: ModelledRecord) {
  const { sequence, item, at } = record;
  return { sequence, item, at, bytes: 100, record };
}

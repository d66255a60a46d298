import type { Random } from '../../../src/random/random.ts';

/** A record of the modelled stream: the `n`th change of an item. */
export interface ModelledRecord {
  readonly shard: string;
  readonly sequence: string;
  readonly item: string;
  readonly n: number;
  /** When it was made, in milliseconds. */
  readonly at: number;
}

export interface ModelledShard {
  readonly id: string;
  readonly parent: string | undefined;
  /** The part of the items that it has: from 0 to 1. */
  readonly from: number;
  readonly to: number;
  /** The lowest sequence number that one of its records may have. */
  readonly first: bigint;
  readonly madeAt: number;
  readonly records: ModelledRecord[];
  closedAt: number | undefined;
}

/** A stream as DynamoDB has them: shards that split and roll over, records that leave it after a while, and so do shards. */
export class ModelledStream {
  readonly arn = 'arn:aws:dynamodb:eu-west-1:111122223333:table/modelled/stream/2026-01-05T00:00:00.000';
  readonly shards: ModelledShard[] = [];
  /** All that were ever written, in their order. */
  readonly written: ModelledRecord[] = [];
  readonly #chance: Random;
  readonly #retentionMs: number;
  readonly #counts = new Map<string, number>();
  readonly #now: () => number;
  isEnabled = true;
  /** Numbers get longer as they grow: as texts they are in another order. */
  #sequence = 95n;

  constructor(now: () => number, chance: Random, retentionMs: number) {
    this.#now = now;
    this.#chance = chance;
    this.#retentionMs = retentionMs;
  }

  get now(): number {
    return this.#now();
  }

  /** As many shards without parents. */
  open(count: number): void {
    for (let n = 0; n < count; n++) this.#add(undefined, n / count, (n + 1) / count);
  }

  write(item: string): ModelledRecord | undefined {
    const place = placeOf(item);
    const shard = this.leaves.find(({ from, to }) => place >= from && place < to);
    if (shard === undefined || !this.isEnabled) return undefined;
    const n = (this.#counts.get(item) ?? 0) + 1;
    this.#counts.set(item, n);
    this.#sequence += BigInt(this.#chance.int(1, 3));
    const record = { shard: shard.id, sequence: String(this.#sequence), item, n, at: this.now };
    shard.records.push(record);
    this.written.push(record);
    return record;
  }

  /** The shards that get records. */
  get leaves(): readonly ModelledShard[] {
    return this.shards.filter(({ closedAt }) => closedAt === undefined);
  }

  /** A shard ends, and one or two take its place. */
  roll(shard: ModelledShard, isSplit: boolean): void {
    shard.closedAt = this.now;
    this.#sequence += 1n;
    const { id, from, to } = shard;
    const middle = (from + to) / 2;
    if (isSplit) {
      this.#add(id, from, middle);
      this.#add(id, middle, to);
    } else this.#add(id, from, to);
  }

  switchOff(): void {
    this.isEnabled = false;
    for (const leaf of this.leaves) leaf.closedAt = this.now;
  }

  /** Those that the stream lists now, oldest first. */
  get listed(): readonly ModelledShard[] {
    return this.shards.filter(({ closedAt }) => closedAt === undefined || !this.#isOld(closedAt));
  }

  isTrimmed({ at }: { readonly at: number }): boolean {
    return this.#isOld(at);
  }

  #isOld(at: number): boolean {
    return this.now - at > this.#retentionMs;
  }

  #add(parent: string | undefined, from: number, to: number): void {
    this.shards.push({
      ...{ id: `shard-${String(this.shards.length + 1).padStart(4, '0')}`, parent, from, to },
      ...{ first: this.#sequence + 1n, madeAt: this.now, records: [], closedAt: undefined },
    });
  }
}

/** From 0 to 1. */
function placeOf(item: string): number {
  let hash = 7;
  for (const character of item) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 997;
  return ((hash * 389) % 997) / 997;
}

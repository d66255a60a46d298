/** A record of the modelled stream. */
export interface ModelledRecord {
  readonly shard: string;
  readonly sequence: string;
  /** Which item it is of, as far as a reader can tell: empty where it cannot. */
  readonly item: string;
  /** When it was made, in milliseconds. */
  readonly at: number;
}

export interface ModelledShard<Of extends ModelledRecord = ModelledRecord> {
  readonly id: string;
  readonly parent: string | undefined;
  /** The part of the items that it has: from 0 to 1. */
  readonly from: number;
  readonly to: number;
  /** The lowest sequence number that one of its records may have. */
  readonly first: bigint;
  readonly madeAt: number;
  readonly records: Of[];
  closedAt: number | undefined;
}

/** A stream as DynamoDB has them: shards that split and roll over, records that leave it after a while, and so do shards. */
export class ModelledStream<Of extends ModelledRecord = ModelledRecord> {
  readonly arn: string;
  readonly shards: ModelledShard<Of>[] = [];
  /** All that were ever written, in their order. */
  readonly written: Of[] = [];
  readonly #retentionMs: number;
  readonly #now: () => number;
  isEnabled = true;
  /** The last number given. */
  protected sequence: bigint;

  /** @param sequence the first record's number is above it. */
  constructor(arn: string, now: () => number, retentionMs: number, sequence: bigint) {
    this.arn = arn;
    this.#now = now;
    this.#retentionMs = retentionMs;
    this.sequence = sequence;
  }

  get now(): number {
    return this.#now();
  }

  /** As many shards without parents. */
  open(count: number): void {
    for (let n = 0; n < count; n++) this.#add(undefined, n / count, (n + 1) / count);
  }

  /** The record goes to the shard that has its item, or is known to have it. */
  append(record: Omit<Of, 'shard'>, item: string = record.item): Of | undefined {
    const place = placeOf(item);
    const shard = this.leaves.find(({ from, to }) => place >= from && place < to);
    if (shard === undefined || !this.isEnabled) return undefined;
    this.sequence = BigInt(record.sequence);
    const placed = { ...record, shard: shard.id } as Of;
    shard.records.push(placed);
    this.written.push(placed);
    return placed;
  }

  /** The shards that get records. */
  get leaves(): readonly ModelledShard<Of>[] {
    return this.shards.filter(({ closedAt }) => closedAt === undefined);
  }

  /** A shard ends, and one or two take its place. */
  roll(shard: ModelledShard<Of>, isSplit: boolean): void {
    shard.closedAt = this.now;
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
  get listed(): readonly ModelledShard<Of>[] {
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
      ...{ first: this.sequence + 1n, madeAt: this.now, records: [], closedAt: undefined },
    });
  }
}

/** From 0 to 1. */
function placeOf(item: string): number {
  let hash = 7;
  for (const character of item) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 997;
  return ((hash * 389) % 997) / 997;
}

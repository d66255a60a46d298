import type { SourceRecord } from '../../application/ports/stream-source.ts';
import { compareTexts } from '../../domain/compare-texts.ts';
import { isObject } from '../../domain/json.ts';
import type { Shard } from '../../domain/shard.ts';
import { compareSequences } from '../../domain/version.ts';

/** A shard of a stream in memory. */
interface StoredShard {
  readonly id: string;
  readonly parent: string | undefined;
  /** Of the items' hashes, from 0 up to 1, the end excluded. */
  readonly from: number;
  readonly to: number;
  closed: boolean;
  /** How many records have left the stream, which stood before those that are there. */
  trimmed: number;
  /** The sequence number of the last of them. */
  lastTrimmed: string | undefined;
  readonly records: SourceRecord[];
}

/** What is read of a shard from a place on. */
export interface StoredPage {
  readonly records: readonly SourceRecord[];
  /** Undefined where nothing more will come. */
  readonly next: number | undefined;
}

/**
 * A table's stream in memory, in shards which split and follow one another, and whose records leave it from the oldest on. For
 * tests, and for readers of a table that is in memory.
 */
export class MemoryStream {
  readonly arn: string;
  #enabled = true;
  #shards: readonly StoredShard[] = [];
  #count = 0;

  /** @param shards how many it begins with. */
  constructor(arn: string, { shards = 1 }: { readonly shards?: number } = {}) {
    this.arn = arn;
    for (let n = 0; n < shards; n++) this.#open(undefined, n / shards, (n + 1) / shards);
  }

  get enabled(): boolean {
    return this.#enabled;
  }

  get shards(): readonly Shard[] {
    return this.#shards.map(({ id, parent, closed }) => ({ id, parent, closed }));
  }

  /**
   * Adds a record as Lambda delivers it. All of an item go to one shard, until that is closed.
   *
   * @throws Error for a record without keys, or whose sequence number is not above those before, or when the stream is off.
   */
  append(record: unknown): void {
    const added = sourceRecordOf(record);
    const at = fractionOf(added.item);
    const shard = this.#shards.find(({ closed, from, to }) => !closed && from <= at && at < to);
    if (shard === undefined) throw new Error('the stream is switched off');
    const last = shard.records.at(-1)?.sequence ?? shard.lastTrimmed;
    if (last !== undefined && compareSequences(added.sequence, last) <= 0)
      throw new Error(`the record ${added.sequence} comes after ${last}`);
    shard.records.push(added);
  }

  /** Closes a shard for two that share its items. */
  split(id: string): void {
    const shard = this.#close(id);
    const middle = (shard.from + shard.to) / 2;
    this.#open(id, shard.from, middle);
    this.#open(id, middle, shard.to);
  }

  /** Closes a shard for another, as happens every four hours. */
  roll(id: string): void {
    const { from, to } = this.#close(id);
    this.#open(id, from, to);
  }

  /** No more records come. */
  switchOff(): void {
    this.#enabled = false;
    for (const shard of this.#shards) shard.closed = true;
  }

  /** The oldest records of a shard leave the stream: all but so many. A closed shard leaves it with its last one. */
  trim(id: string, kept = 0): void {
    const shard = this.#shard(id);
    const gone = shard.records.splice(0, Math.max(0, shard.records.length - kept));
    shard.trimmed += gone.length;
    shard.lastTrimmed = gone.at(-1)?.sequence ?? shard.lastTrimmed;
    if (shard.closed && shard.records.length === 0)
      this.#shards = this.#shards.filter((one) => one !== shard);
  }

  /** How many records there were in a shard before its first, and before its end; undefined where it is not there. */
  boundsOf(id: string): { readonly start: number; readonly end: number } | undefined {
    const shard = this.#shards.find((one) => one.id === id);
    return shard && { start: shard.trimmed, end: shard.trimmed + shard.records.length };
  }

  /** The place behind a record; undefined where records between have left the stream. */
  placeAfter(id: string, sequence: string): number | undefined {
    const { trimmed, lastTrimmed, records } = this.#shard(id);
    if (lastTrimmed !== undefined && compareSequences(sequence, lastTrimmed) < 0) return undefined;
    const next = records.findIndex((record) => compareSequences(record.sequence, sequence) > 0);
    return trimmed + (next < 0 ? records.length : next);
  }

  /** At most `max` records from a place on. */
  page(id: string, from: number, max: number): StoredPage {
    const { trimmed, records, closed } = this.#shard(id);
    const page = records.slice(from - trimmed, from - trimmed + max);
    const next = from + page.length;
    return { records: page, next: closed && next === trimmed + records.length ? undefined : next };
  }

  #open(parent: string | undefined, from: number, to: number): void {
    const id = `shardId-${String(++this.#count).padStart(20, '0')}-memory`;
    const none = { closed: false, trimmed: 0, lastTrimmed: undefined };
    this.#shards = [...this.#shards, { id, parent, from, to, ...none, records: [] }];
  }

  #close(id: string): StoredShard {
    const shard = this.#shard(id);
    if (shard.closed) throw new Error(`the shard ${id} is closed already`);
    shard.closed = true;
    return shard;
  }

  #shard(id: string): StoredShard {
    const shard = this.#shards.find((one) => one.id === id);
    if (shard === undefined) throw new Error(`the stream has no shard ${id}`);
    return shard;
  }
}

function sourceRecordOf(record: unknown): SourceRecord {
  const dynamodb = isObject(record) ? record['dynamodb'] : undefined;
  const {
    SequenceNumber: sequence,
    Keys: keys,
    ApproximateCreationDateTime: created,
    SizeBytes: size,
  } = isObject(dynamodb) ? dynamodb : {};
  if (typeof sequence !== 'string' || !isObject(keys))
    throw new Error('a record of a stream must have a sequence number and keys');
  return {
    sequence,
    item: JSON.stringify(
      Object.keys(keys)
        .toSorted(compareTexts)
        .map((name) => [name, keys[name]]),
    ),
    at: typeof created === 'number' ? Math.floor(created) * 1_000 : undefined,
    bytes: typeof size === 'number' ? size : 0,
    record,
  };
}

/** From 0 up to 1: the same for an item each time, and spread evenly. */
function fractionOf(item: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < item.length; index++)
    hash = Math.imul(hash ^ item.charCodeAt(index), 0x01000193) >>> 0;
  // Items whose names differ in their last character only stand close together until here.
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39) >>> 0;
  return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
}

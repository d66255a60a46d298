import type { Entry } from './entry.ts';
import { hashOf } from './chance.ts';

/** A part of a stream, for a range of the items. Takes records until it is closed. */
export interface Shard {
  readonly id: string;
  readonly parents: readonly Shard[];
  /** Of the items' hashes, from 0 up to 2^32, the end excluded. */
  readonly from: number;
  readonly to: number;
  closed: boolean;
}

export interface StreamListener {
  opened(shard: Shard): void;
  appended(shard: Shard, entry: Entry): void;
  closed(shard: Shard): void;
}

/** A stream as the table sees it. */
export interface TableStream {
  /** Which stream of the table: later ones are greater. */
  readonly epoch: number;
  readonly arn: string;
  /** Whether whoever reads it has seen that there is one. */
  readonly isKnown: boolean;
  append(entry: Entry): void;
  /** Closes the shard that a fraction of all items lies in, for two that share its range. */
  split(fraction: number): void;
  /** Lets another shard follow that one, perhaps with its neighbour's range as well. */
  merge(fraction: number): void;
  /** The table goes on with another stream; what is in this one can still be read. */
  end(): void;
}

/** Whether whoever reads the stream knows that a record is lost. */
export type Loss = 'noted' | 'not noted';

/** Who reads a stream. */
export interface StreamReading {
  /** Whether all is read of a stream that has ended. */
  readonly finished: boolean;
  /** Whether a record has left the stream before it was handled; undefined where it can be read, or need not be. */
  lossOf(entry: Entry): Loss | undefined;
  /** Begins to read. */
  enable(): void;
  /** Reads nothing new for a while. */
  hold(milliseconds: number): void;
}

const ALL = 2 ** 32;

/** A table's stream, of which a listener is told. Every item has one open shard; shards split, merge and are followed by others. */
export class Stream implements TableStream {
  readonly epoch: number;
  readonly arn: string;
  readonly isKnown = true;
  readonly #listener: StreamListener;
  #open: Shard[] = [];
  #shards = 0;

  constructor(epoch: number, arn: string, listener: StreamListener) {
    this.epoch = epoch;
    this.arn = arn;
    this.#listener = listener;
    this.#openShard([], 0, ALL);
  }

  append(entry: Entry): void {
    const hash = hashOf(entry.key) >>> 0;
    const shard = this.#open.find(({ from, to }) => from <= hash && hash < to);
    if (shard === undefined) throw new Error('the stream is closed');
    this.#listener.appended(shard, entry);
  }

  split(fraction: number): void {
    const shard = this.#at(fraction);
    if (shard === undefined) return;
    const middle = Math.floor((shard.from + shard.to) / 2);
    this.#close(shard);
    this.#openShard([shard], shard.from, middle);
    this.#openShard([shard], middle, shard.to);
  }

  /** Closes two neighbours for one that has the range of both; with a single shard, lets another follow it. */
  merge(fraction: number): void {
    const shard = this.#at(fraction);
    if (shard === undefined) return;
    const neighbour = this.#open.find(({ from }) => from === shard.to);
    this.#close(shard);
    if (neighbour !== undefined) this.#close(neighbour);
    this.#openShard(neighbour ? [shard, neighbour] : [shard], shard.from, neighbour?.to ?? shard.to);
  }

  end(): void {
    for (const shard of [...this.#open]) this.#close(shard);
  }

  #at(fraction: number): Shard | undefined {
    return this.#open.find(({ from, to }) => from <= fraction * ALL && fraction * ALL < to);
  }

  #openShard(parents: readonly Shard[], from: number, to: number): void {
    const shard = { id: `shard-${this.epoch}-${++this.#shards}`, parents, from, to, closed: false };
    this.#open.push(shard);
    this.#listener.opened(shard);
  }

  #close(shard: Shard): void {
    shard.closed = true;
    this.#open = this.#open.filter((other) => other !== shard);
    this.#listener.closed(shard);
  }
}

import { compareSequences } from './version.ts';

/** A record of a shard that has been read, and may be handled before those ahead of it are. */
export interface PassingRecord {
  readonly sequence: string;
  /** When the change was made, in milliseconds since 1970. */
  readonly at: number | undefined;
  isDone: boolean;
}

/**
 * How far a shard is handled: up to the highest sequence number before which everything is. A record that is not done pins
 * it, whatever comes after.
 */
export class Frontier {
  #at: string | undefined;
  #lastRead: string | undefined;
  #passing: PassingRecord[] = [];
  /** How many of `#passing` the frontier has passed. */
  #passed = 0;

  /** @param at where it stands; undefined before the shard's first record. */
  constructor(at: string | undefined) {
    this.#at = at;
    this.#lastRead = at;
  }

  /** The highest sequence number up to which everything is done; undefined when nothing is. */
  get at(): string | undefined {
    return this.#at;
  }

  /** Of the last record that was read. */
  get lastRead(): string | undefined {
    return this.#lastRead;
  }

  /** How many records were read and are not passed, done or not: all of them come again if the reader is lost. */
  get ahead(): number {
    return this.#passing.length - this.#passed;
  }

  /** The first record that is not done. */
  get next(): PassingRecord | undefined {
    return this.#passing[this.#passed];
  }

  /** Notes a record that comes next; undefined when it was read before. */
  read(sequence: string, at?: number): PassingRecord | undefined {
    if (this.#lastRead !== undefined && compareSequences(sequence, this.#lastRead) <= 0) return undefined;
    this.#lastRead = sequence;
    const record = { sequence, at, isDone: false };
    this.#passing.push(record);
    return record;
  }

  /** A record is handled, or in quarantine. */
  done(record: PassingRecord): void {
    record.isDone = true;
    for (let { next } = this; next?.isDone === true; { next } = this) {
      this.#at = next.sequence;
      this.#passed++;
    }
    // Now and then, as it takes as long as there are records ahead.
    if (this.#passed * 2 < this.#passing.length) return;
    this.#passing = this.#passing.slice(this.#passed);
    this.#passed = 0;
  }
}

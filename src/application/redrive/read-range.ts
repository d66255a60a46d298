import type { Fault } from '../../domain/fault.ts';
import type { ShardPosition } from '../../domain/shard.ts';
import type { ShardRange } from '../ports/given-up.ts';
import type { SourcePage, StreamSource } from '../ports/stream-source.ts';
import type { Retrier } from '../retry.ts';
import type { TimeLimit } from '../time-limit.ts';

/** As many as the stream gives in a page. */
const PAGE = 1_000;

/** So many pages without a record, one after the other, and the record is taken for one that never was. */
const MOST_EMPTY = 200;

/** The records of a shard's part, or why there are none. */
export type RangeRead =
  { readonly records: readonly unknown[] } | { readonly gone: string } | { readonly fault: Fault };

/**
 * Reads a part of a shard again. All of it or nothing: where its first record has left the stream, so may others have.
 *
 * Idempotent; any number at once. Nothing is noted of it.
 */
export async function readRange(
  source: StreamSource,
  range: ShardRange,
  retrier: Retrier,
  limit: TimeLimit,
): Promise<RangeRead> {
  const reading = new Reading(source, range);
  const [fault] = await retrier.run([range], (_, signal) => reading.attempt(signal), limit);
  return fault === undefined ? reading.result : { fault };
}

class Reading {
  result: RangeRead = { records: [] };
  readonly #source: StreamSource;
  readonly #range: ShardRange;
  readonly #last: bigint;

  constructor(source: StreamSource, range: ShardRange) {
    this.#source = source;
    this.#range = range;
    this.#last = BigInt(range.last);
  }

  async attempt(signal: AbortSignal): Promise<readonly ['done']> {
    const records: unknown[] = [];
    const { shard, first } = this.#range;
    let position: ShardPosition = { at: first };
    let iterator: string | undefined;
    for (let empty = 0; ;) {
      if (iterator === undefined) {
        const found = await this.#source.iterator(shard, position, signal);
        if (found.is !== 'iterator')
          return this.#gone(`its ${found.is === 'gone' ? 'shard' : 'records'} left the stream`);
        ({ iterator } = found);
      }
      const page: SourcePage = await this.#source.records(iterator, PAGE, signal);
      if (page.is === 'expired') {
        iterator = undefined;
        continue;
      }
      if (page.is !== 'page') return this.#gone('its records left the stream');
      for (const { sequence, record } of page.records) {
        if (BigInt(sequence) > this.#last) return this.#found(records);
        if (records.length === 0 && BigInt(sequence) > BigInt(first))
          return this.#gone('its first records left the stream');
        // A source that cannot tell where a number is begins before it.
        if (BigInt(sequence) < BigInt(first)) continue;
        records.push(record);
        position = { after: sequence };
        if (BigInt(sequence) === this.#last) return this.#found(records);
      }
      empty = page.records.length === 0 ? empty + 1 : 0;
      if (page.next === undefined || empty >= MOST_EMPTY) return this.#found(records);
      iterator = page.next;
    }
  }

  #found(records: readonly unknown[]): readonly ['done'] {
    this.result = records.length === 0 ? { gone: 'its records left the stream' } : { records };
    return ['done'];
  }

  #gone(why: string): readonly ['done'] {
    this.result = { gone: why };
    return ['done'];
  }
}

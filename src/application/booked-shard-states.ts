import { type Advance, type Claim, type LeaseClaim, ShardStates } from './ports/shard-states.ts';
import { type NotedStream, ShardBook } from '../domain/shard-book.ts';
import type { Gap, NewShard, ShardState } from '../domain/shard.ts';

/** How far the shards of streams are handled, by the rules of a book for each: all of it is there at once, for readers of one process. */
export class BookedShardStates extends ShardStates {
  readonly #books: Map<string, ShardBook>;

  /** @param noted what was noted before, by stream. */
  constructor(noted: Iterable<readonly [stream: string, noted: NotedStream]> = []) {
    super();
    this.#books = new Map([...noted].map(([stream, one]) => [stream, new ShardBook(one)]));
  }

  /** All that is noted, by stream. */
  get noted(): ReadonlyMap<string, NotedStream> {
    return this.#books;
  }

  override async load(stream: string, signal?: AbortSignal): Promise<readonly ShardState[]> {
    return this.#book(stream, signal).shards;
  }

  override async add(stream: string, shards: readonly NewShard[], signal?: AbortSignal): Promise<void> {
    this.#book(stream, signal).add(shards);
  }

  override async claim(
    stream: string,
    claims: readonly LeaseClaim[],
    owner: string,
    signal?: AbortSignal,
  ): Promise<readonly ShardState[]> {
    return this.#book(stream, signal).claim(claims, owner);
  }

  override async renew(
    stream: string,
    held: readonly Claim[],
    owner: string,
    signal?: AbortSignal,
  ): Promise<readonly string[]> {
    return this.#book(stream, signal).renew(held, owner);
  }

  override async release(
    stream: string,
    held: readonly Claim[],
    owner: string,
    signal?: AbortSignal,
  ): Promise<void> {
    this.#book(stream, signal).release(held, owner);
  }

  override async advance(
    stream: string,
    moves: readonly Advance[],
    signal?: AbortSignal,
  ): Promise<readonly string[]> {
    return this.#book(stream, signal).advance(moves);
  }

  override async forget(stream: string, shards: readonly string[], signal?: AbortSignal): Promise<void> {
    this.#book(stream, signal).forget(shards);
  }

  override async noteGaps(stream: string, gaps: readonly Gap[], signal?: AbortSignal): Promise<void> {
    this.#book(stream, signal).noteGaps(gaps);
  }

  override async gaps(stream: string, signal?: AbortSignal): Promise<readonly Gap[]> {
    return this.#book(stream, signal).gaps;
  }

  override async closeGaps(stream: string, gaps: readonly Gap[], signal?: AbortSignal): Promise<void> {
    this.#book(stream, signal).closeGaps(gaps);
  }

  #book(stream: string, signal: AbortSignal | undefined): ShardBook {
    signal?.throwIfAborted();
    let book = this.#books.get(stream);
    if (book === undefined) this.#books.set(stream, (book = new ShardBook()));
    return book;
  }
}

import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Advance,
  type Claim,
  type LeaseClaim,
  ShardStates,
} from '../../application/ports/shard-states.ts';
import { ShardBook } from '../../domain/shard-book.ts';
import type { Gap, NewShard, ShardState } from '../../domain/shard.ts';
import { codeOf, fileFault } from './file-fault.ts';
import { FolderLock } from './folder-lock.ts';
import { readStatesText, statesText } from './states-text.ts';

/** Of the folder's files, that which says how far shards are handled. */
export const STATES_FILE = 'shards.json';

/**
 * How far the shards of streams are handled, in a file that is written anew, and put in the old one's place, with what has
 * changed: for one process, which locks its folder. Leases are nobody's when it is opened, so that no one waits for them to time
 * out; renewals are not written.
 */
export class FileShardStates extends ShardStates {
  readonly #folder: string;
  readonly #lock: FolderLock;
  readonly #books: Map<string, ShardBook>;
  /** Whether the file has not all that is known. */
  #isDirty = false;
  #last: Promise<void> = Promise.resolve();
  /** The write that follows the last one, for all who have come since that began. */
  #next: Promise<void> | undefined;

  private constructor(folder: string, lock: FolderLock, books: Map<string, ShardBook>) {
    super();
    this.#folder = folder;
    this.#lock = lock;
    this.#books = books;
  }

  /**
   * Opens a folder, which is made where it is not there. Close it in the end.
   *
   * @throws Fault `configuration` where another process has it, its file is damaged, or it cannot be written.
   */
  static async open(folder: string): Promise<FileShardStates> {
    try {
      await mkdir(folder, { recursive: true });
    } catch (error) {
      throw fileFault(`making ${folder}`, error);
    }
    const lock = await FolderLock.acquire(join(folder, 'lock'));
    try {
      const path = join(folder, STATES_FILE);
      const text = await readFile(path, 'utf8').catch((error: unknown) => {
        if (codeOf(error) === 'ENOENT') return undefined;
        throw fileFault(`reading ${path}`, error);
      });
      const noted = text === undefined ? [] : readStatesText(text, path);
      const books = new Map([...noted].map(([stream, one]) => [stream, new ShardBook(one)]));
      return new FileShardStates(folder, lock, books);
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** Lets others have the folder. @throws Fault where the file cannot be written. */
  async close(): Promise<void> {
    try {
      await this.#save();
    } finally {
      await this.#lock.release();
    }
  }

  override async load(stream: string, signal?: AbortSignal): Promise<readonly ShardState[]> {
    return this.#book(stream, signal).shards;
  }

  override async add(stream: string, shards: readonly NewShard[], signal?: AbortSignal): Promise<void> {
    return this.#change(stream, (book) => book.add(shards), signal);
  }

  override async claim(
    stream: string,
    claims: readonly LeaseClaim[],
    owner: string,
    signal?: AbortSignal,
  ): Promise<readonly ShardState[]> {
    return this.#change(stream, (book) => book.claim(claims, owner), signal);
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
    return this.#change(stream, (book) => book.advance(moves), signal);
  }

  override async forget(stream: string, shards: readonly string[], signal?: AbortSignal): Promise<void> {
    return this.#change(stream, (book) => book.forget(shards), signal);
  }

  override async noteGaps(stream: string, gaps: readonly Gap[], signal?: AbortSignal): Promise<void> {
    return this.#change(stream, (book) => book.noteGaps(gaps), signal);
  }

  override async gaps(stream: string, signal?: AbortSignal): Promise<readonly Gap[]> {
    return this.#book(stream, signal).gaps;
  }

  override async closeGaps(stream: string, gaps: readonly Gap[], signal?: AbortSignal): Promise<void> {
    return this.#change(stream, (book) => book.closeGaps(gaps), signal);
  }

  #book(stream: string, signal: AbortSignal | undefined): ShardBook {
    signal?.throwIfAborted();
    let book = this.#books.get(stream);
    if (book === undefined) this.#books.set(stream, (book = new ShardBook()));
    return book;
  }

  /** Resolves once what has changed is on the disk. */
  async #change<T>(
    stream: string,
    change: (book: ShardBook) => T,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const result = change(this.#book(stream, signal));
    this.#isDirty = true;
    await this.#save();
    return result;
  }

  /** One write at a time: it takes with it what has changed until it begins. */
  #save(): Promise<void> {
    return (this.#next ??= this.#last
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        return (this.#last = this.#begin());
      }));
  }

  async #begin(): Promise<void> {
    if (!this.#isDirty) return;
    this.#isDirty = false;
    try {
      await this.#write();
    } catch (error) {
      this.#isDirty = true;
      throw error;
    }
  }

  async #write(): Promise<void> {
    const path = join(this.#folder, STATES_FILE);
    const draft = `${path}.draft`;
    const text = statesText(this.#books);
    try {
      await this.#lock.check();
      const file = await open(draft, 'w');
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(draft, path);
      // A file's name is on the disk once its folder is.
      const folder = await open(this.#folder, 'r');
      try {
        await folder.sync();
      } finally {
        await folder.close();
      }
    } catch (error) {
      throw fileFault(`writing ${path}`, error);
    }
  }
}

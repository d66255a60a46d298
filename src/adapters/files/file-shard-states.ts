import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { BookedShardStates } from '../../application/booked-shard-states.ts';
import type { ShardStates } from '../../application/ports/shard-states.ts';
import type { NotedStream } from '../../domain/shard-book.ts';
import type { ShardState } from '../../domain/shard.ts';
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
export class FileShardStates extends BookedShardStates {
  readonly #folder: string;
  readonly #lock: FolderLock;
  /** Whether the file has not all that is known. */
  #isDirty = false;
  #last: Promise<void> = Promise.resolve();
  /** The write that follows the last one, for all who have come since that began. */
  #next: Promise<void> | undefined;

  private constructor(folder: string, lock: FolderLock, noted: ReadonlyMap<string, NotedStream>) {
    super(noted);
    this.#folder = folder;
    this.#lock = lock;
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
      const noted = text === undefined ? new Map<string, NotedStream>() : readStatesText(text, path);
      return new FileShardStates(folder, lock, noted);
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

  override async add(...call: Parameters<ShardStates['add']>): Promise<void> {
    return this.#saved(super.add(...call));
  }

  override async claim(...call: Parameters<ShardStates['claim']>): Promise<readonly ShardState[]> {
    return this.#saved(super.claim(...call));
  }

  override async advance(...call: Parameters<ShardStates['advance']>): Promise<readonly string[]> {
    return this.#saved(super.advance(...call));
  }

  override async forget(...call: Parameters<ShardStates['forget']>): Promise<void> {
    return this.#saved(super.forget(...call));
  }

  override async noteGaps(...call: Parameters<ShardStates['noteGaps']>): Promise<void> {
    return this.#saved(super.noteGaps(...call));
  }

  override async closeGaps(...call: Parameters<ShardStates['closeGaps']>): Promise<void> {
    return this.#saved(super.closeGaps(...call));
  }

  /** Resolves once what has changed is on the disk. */
  async #saved<T>(change: Promise<T>): Promise<T> {
    const result = await change;
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
    const text = statesText(this.noted);
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

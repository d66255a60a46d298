import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type DocumentWrite,
  type IndexedDocument,
  SearchIndex,
} from '../../application/ports/search-index.ts';
import type { Done } from '../../application/result.ts';
import { Fault } from '../../domain/fault.ts';
import type { DocumentFields } from '../../domain/search-document.ts';
import { CollectionFile } from './store/collection-file.ts';
import { fileFault } from '../files/file-fault.ts';
import { fileNameOf } from './store/file-name.ts';
import { FolderLock } from '../files/folder-lock.ts';
import { Turns } from './store/turns.ts';

/** How documents are kept in a folder. */
export interface EmbeddedSearchIndexOptions {
  /** Told what went on all the same and somebody should know of: damaged lines that were cut off, a file that keeps growing. */
  readonly warn?: (message: string) => void;
}

/** Whose turn it is with a collection, and its file once that is open. */
interface Open {
  readonly turns: Turns;
  file: CollectionFile | undefined;
}

/**
 * Documents in a folder, without a server: a file for each collection, to which writes are added. What is `done` is on the disk.
 * Values are kept as they are, with every digit, set and byte; collections are there as soon as something is written to them, and
 * have no schema. Ids are in memory, documents are not. One process at a time writes in a folder; others read it meanwhile, by
 * `EmbeddedSearch`.
 */
export class EmbeddedSearchIndex extends SearchIndex {
  readonly #folder: string;
  readonly #lock: FolderLock;
  readonly #warn: (message: string) => void;
  readonly #collections = new Map<string, Open>();

  private constructor(folder: string, lock: FolderLock, warn: (message: string) => void) {
    super();
    this.#folder = folder;
    this.#lock = lock;
    this.#warn = warn;
  }

  /**
   * Makes the folder where there is none, and locks it until `close`. A lock that a process left which has ended is taken over.
   *
   * @throws Fault `configuration` where another process writes there, which is named, or the folder cannot be written to.
   */
  static async open(
    folder: string,
    { warn = () => undefined }: EmbeddedSearchIndexOptions = {},
  ): Promise<EmbeddedSearchIndex> {
    try {
      await mkdir(folder, { recursive: true });
    } catch (error) {
      throw fileFault(`making the folder ${folder}`, error);
    }
    return new EmbeddedSearchIndex(folder, await FolderLock.acquire(folder), warn);
  }

  override async apply(
    collection: string,
    writes: readonly DocumentWrite[],
    signal?: AbortSignal,
  ): Promise<readonly Done[]> {
    signal?.throwIfAborted();
    const entries = writes.filter(({ id }) => id !== '');
    let failed: Fault | undefined;
    if (entries.length > 0)
      try {
        await this.#lock.check();
        await this.#in(collection, async (open) => {
          signal?.throwIfAborted();
          open.file ??= await CollectionFile.make(this.#pathOf(collection), collection);
          await open.file.add(entries, this.#warn);
        });
      } catch (error) {
        signal?.throwIfAborted();
        failed = Fault.from(error);
      }
    return writes.map(({ id }) => (id === '' ? emptyId(collection) : (failed ?? 'done')));
  }

  override async read(
    collection: string,
    ids: readonly string[],
    signal?: AbortSignal,
  ): Promise<readonly (DocumentFields | undefined | Fault)[]> {
    signal?.throwIfAborted();
    try {
      return await this.#in(collection, async ({ file }) => {
        const found: (DocumentFields | undefined | Fault)[] = [];
        for (const id of ids) {
          signal?.throwIfAborted();
          found.push(await file?.read(id).catch((error: unknown) => Fault.from(error)));
        }
        return found;
      });
    } catch (error) {
      signal?.throwIfAborted();
      const fault = Fault.from(error);
      return ids.map(() => fault);
    }
  }

  /** All as they are when it is asked for the first one. In memory are their places. */
  override async *documents(collection: string, signal?: AbortSignal): AsyncGenerator<IndexedDocument> {
    signal?.throwIfAborted();
    const documents = await this.#in(collection, async ({ file }) => file?.documents());
    for await (const document of documents ?? []) {
      signal?.throwIfAborted();
      yield document;
    }
  }

  /** Waits for what was begun, closes all files, and gives the folder to others. It is of no use afterwards. */
  async close(): Promise<void> {
    const closed = await Promise.allSettled(
      Array.from(this.#collections.values(), (open) => open.turns.take(async () => open.file?.close())),
    );
    this.#collections.clear();
    await this.#lock.release();
    for (const one of closed) if (one.status === 'rejected') throw one.reason;
  }

  /** One thing at a time for each collection, whose file is opened if there is one. */
  #in<T>(collection: string, action: (open: Open) => Promise<T>): Promise<T> {
    const open = this.#collections.get(collection) ?? { turns: new Turns(), file: undefined };
    this.#collections.set(collection, open);
    return open.turns.take(async () => {
      // Opening cuts off what was not answered for, which would be another writer's.
      if (open.file === undefined) await this.#lock.check();
      open.file ??= await CollectionFile.open(this.#pathOf(collection), collection, this.#warn);
      return action(open);
    });
  }

  #pathOf(collection: string): string {
    return join(this.#folder, fileNameOf(collection));
  }
}

function emptyId(collection: string): Fault {
  return new Fault('permanent', `${collection}: a document's id is empty`, {
    reason: `${collection}: ids are empty`,
  });
}

import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { Fault } from '../../domain/fault.ts';
import type { DocumentFields } from '../../domain/search-document.ts';
import { type SearchAnswer, SearchableCollection, type SearchOptions } from './searchable-collection.ts';
import type { SearchProgress } from './search/text-index.ts';
import { codeOf, fileFault } from '../files/file-fault.ts';
import { fileNameOf, isDocumentsFile } from './store/file-name.ts';
import { beginsCall, documentOf, entryOf } from './store/line.ts';
import { scan, scanHead } from './store/scan.ts';
import { toStoredFields } from './store/stored-value.ts';
import { Turns } from './store/turns.ts';

/**
 * Searches the documents that an `EmbeddedSearchIndex` keeps in a folder, in this process or another, while it writes: each
 * search first reads what was written since the one before. All documents of the collections that are searched are in memory.
 */
export class EmbeddedSearch {
  /** Where documents are kept. */
  readonly folder: string;
  readonly #collections = new Map<string, Reader>();

  /** @param folder need not be there yet. */
  constructor(folder: string) {
    this.folder = folder;
  }

  /**
   * The names of all collections, in order.
   *
   * @throws Fault `configuration` when the folder is not there, or cannot be read.
   */
  async collections(): Promise<readonly string[]> {
    try {
      const files = (await readdir(this.folder)).filter(isDocumentsFile);
      return (await Promise.all(files.map((file) => collectionIn(join(this.folder, file))))).toSorted();
    } catch (error) {
      throw fileFault(`reading the folder ${this.folder}`, error);
    }
  }

  /**
   * Finds documents of a collection by the words of a text; without one, all. Searches of one collection wait for each other.
   *
   * @throws Fault `configuration` when there is no such collection, with the names of those that are there; when its file is
   *   damaged or cannot be read; and for options that cannot be.
   */
  async search(
    collection: string,
    text: string,
    options?: SearchOptions,
    onProgress?: SearchProgress,
  ): Promise<SearchAnswer> {
    const reader = this.#collections.get(collection) ?? new Reader(join(this.folder, fileNameOf(collection)));
    this.#collections.set(collection, reader);
    const documents = await reader.read(onProgress);
    if (documents === undefined) throw await this.#missing(collection);
    return documents.search(text, options, onProgress);
  }

  async #missing(collection: string): Promise<Fault> {
    const names = await this.collections();
    const there =
      names.length === 0
        ? 'has no collections yet: index something first'
        : `has ${names.map((name) => JSON.stringify(name)).join(', ')}`;
    return new Fault(
      'configuration',
      `there is no collection ${JSON.stringify(collection)}: ${this.folder} ${there}`,
    );
  }

  /** Closes all files. Searching opens them again. */
  async close(): Promise<void> {
    const readers = [...this.#collections.values()];
    this.#collections.clear();
    await Promise.all(readers.map((reader) => reader.close()));
  }
}

async function collectionIn(path: string): Promise<string> {
  const handle = await open(path, 'r');
  try {
    return (await scanHead(handle, path)).collection;
  } finally {
    await handle.close();
  }
}

/** What the last call left in a file, as it was read. */
interface LastCall {
  readonly offset: number;
  /** The CRC-32 of its lines. */
  readonly sum: number;
}

/** Follows a collection's file, which grows, and is replaced now and then by one without what is of no use. */
class Reader {
  readonly #path: string;
  readonly #turns = new Turns();
  #documents = new SearchableCollection();
  #handle: FileHandle | undefined;
  /** Behind the last line that was read. */
  #end = 0;
  #last: LastCall = { offset: 0, sum: 0 };

  constructor(path: string) {
    this.#path = path;
  }

  /** The documents as they are now; undefined where there is no file. */
  read(onProgress?: SearchProgress): Promise<SearchableCollection | undefined> {
    return this.#turns.take(async () => {
      try {
        const { ino } = await stat(this.#path);
        const isSameFile = ino === (await this.#handle?.stat())?.ino;
        if (!isSameFile || !(await this.#catchUp(onProgress))) await this.#readAnew(onProgress);
        return this.#documents;
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return undefined;
        throw fileFault(`reading ${this.#path}`, error);
      }
    });
  }

  /** Reads what was added. @returns false where that cannot be told: a writer cuts off what it did not answer for. */
  async #catchUp(onProgress: SearchProgress | undefined): Promise<boolean> {
    const handle = this.#handle as FileHandle;
    const last = Buffer.alloc(this.#end - this.#last.offset);
    await handle.read(last, 0, last.length, this.#last.offset);
    if (crc32(last) !== this.#last.sum) return false;
    try {
      return !(await this.#scan(this.#documents, this.#end, onProgress)).isDamaged;
    } catch (error) {
      // Cut off, and written to, meanwhile: reading it anew tells.
      if (Fault.is(error)) return false;
      throw error;
    }
  }

  /** Reads the whole file. What has not changed keeps its words. */
  async #readAnew(onProgress: SearchProgress | undefined): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
    this.#handle = await open(this.#path, 'r');
    const head = await scanHead(this.#handle, this.#path);
    this.#last = { offset: head.end, sum: 0 };
    const fresh = new SearchableCollection();
    await this.#scan(fresh, head.end, onProgress);
    if (this.#documents.size === 0) this.#documents = fresh;
    else bringUp(this.#documents, fresh);
  }

  async #scan(documents: SearchableCollection, from: number, onProgress: SearchProgress | undefined) {
    const handle = this.#handle as FileHandle;
    const { size } = await handle.stat();
    let { offset: begin, sum } = this.#last;
    const scanned = await scan(handle, this.#path, { from, to: size }, (line, offset) => {
      const { id, isDocument } = entryOf(line);
      if (isDocument) documents.put(id, documentOf(id, line));
      else documents.delete(id);
      if (beginsCall(line)) [begin, sum] = [offset, 0];
      sum = crc32('\n', crc32(line, sum));
      onProgress?.('reading', offset + line.length, size);
    });
    this.#last = { offset: begin, sum };
    this.#end = scanned.end;
    return scanned;
  }

  async close(): Promise<void> {
    await this.#turns.take(async () => {
      await this.#handle?.close();
      this.#handle = undefined;
      this.#documents = new SearchableCollection();
    });
  }
}

/** Makes documents the same as others, to the last digit. */
function bringUp(documents: SearchableCollection, to: SearchableCollection): void {
  const text = (fields: DocumentFields) => JSON.stringify(toStoredFields(fields));
  for (const id of [...documents.ids()]) if (!to.has(id)) documents.delete(id);
  for (const id of to.ids()) {
    const [before, fields] = [documents.get(id), to.get(id) as DocumentFields];
    if (before === undefined || text(before) !== text(fields)) documents.put(id, fields);
  }
}

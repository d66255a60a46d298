import { type FileHandle, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Fault } from '../../../domain/fault.ts';
import type { DocumentFields } from '../../../domain/search-document.ts';
import { codeOf, fileFault } from '../../files/file-fault.ts';
import { asBeginning, documentOf, entryLine, entryOf, headLine, isWhole } from './line.ts';
import { damagedFault, scan, scanHead } from './scan.ts';

/** Where a document's line is, without its line break. */
interface Place {
  readonly offset: number;
  readonly length: number;
}

export interface Stored {
  readonly id: string;
  readonly document: DocumentFields | undefined;
}

/** Bytes of lines that are read at once. */
const WINDOW = 1 << 18;

/** A file is written anew when it has so many bytes, and more of them are of no use than of use. */
const WORTH_COMPACTING = 1 << 20;

/**
 * The file of a collection as its one writer has it: lines are added at its end, and each document's newest line is where it
 * is. In memory there are ids and places, and no documents. One call at a time: the caller sees to that.
 */
export class CollectionFile {
  readonly #path: string;
  readonly #collection: string;
  readonly #places = new Map<string, Place>();
  #handle: FileHandle;
  /** Behind the last line that was answered for. */
  #end = 0;
  /** Bytes of lines that the places name. */
  #live = 0;
  /** Whether something may stand behind the end, which must be cut off first. */
  #hasTail = false;
  /** Whether the folder's entry of this file is on the disk: until then the old file may come back. */
  #isInPlace = false;

  private constructor(path: string, collection: string, handle: FileHandle) {
    this.#path = path;
    this.#collection = collection;
    this.#handle = handle;
  }

  /**
   * Opens a collection's file, if there is one. The end of a call that was never answered is cut off; if it has damaged
   * lines, it is kept beside the file first, and said.
   *
   * @throws Fault where that is not possible, or the file is damaged elsewhere.
   */
  static async open(
    path: string,
    collection: string,
    warn: (message: string) => void,
  ): Promise<CollectionFile | undefined> {
    let handle: FileHandle | undefined;
    try {
      await removeDraft(path);
      handle = await open(path, 'r+').catch((error: unknown) => {
        if (codeOf(error) === 'ENOENT') return undefined;
        throw error;
      });
      if (handle === undefined) return undefined;
      const file = new CollectionFile(path, collection, handle);
      await file.#load(warn);
      return file;
    } catch (error) {
      await handle?.close();
      throw fileFault(`opening ${path}`, error);
    }
  }

  /** Makes the file of a collection that has none. */
  static async make(path: string, collection: string): Promise<CollectionFile> {
    const head = headLine(collection);
    let handle: FileHandle | undefined;
    try {
      handle = await writeDraft(path, [head]);
      const file = new CollectionFile(path, collection, handle);
      file.#end = head.length;
      await rename(draftOf(path), path);
      await file.#makeReady();
      return file;
    } catch (error) {
      await handle?.close();
      throw fileFault(`making ${path}`, error);
    }
  }

  async #load(warn: (message: string) => void): Promise<void> {
    const { collection, end: start } = await scanHead(this.#handle, this.#path);
    if (collection !== this.#collection)
      throw new Fault(
        'configuration',
        `${this.#path} is the file of another collection, ${JSON.stringify(collection)}: take it away`,
      );
    const { size } = await this.#handle.stat();
    const { end, isDamaged } = await scan(
      this.#handle,
      this.#path,
      { from: start, to: size },
      (line, offset) => {
        const { id, isDocument } = entryOf(line);
        this.#note(id, isDocument ? { offset, length: line.length } : undefined);
      },
    );
    this.#end = end;
    if (isDamaged) {
      const kept = `${this.#path}.cut-${end}`;
      const tail = Buffer.alloc(size - end);
      await this.#handle.read(tail, 0, tail.length, end);
      await writeFile(kept, tail, { flush: true });
      warn(
        `${this.#path} ends in damaged lines, from byte ${end} on: they are cut off, and kept in ${kept}. ` +
          'They are of the last call before the power failed, and it was not answered, unless the disk has lost them since',
      );
    }
    this.#hasTail = size > end;
    await this.#makeReady();
  }

  /**
   * Writes documents and deletions. When it returns, they are on the disk.
   *
   * @throws Fault where that is not so. Whatever of them is in the file is cut off before anything is written again.
   */
  async add(entries: readonly Stored[], warn: (message: string) => void): Promise<void> {
    if (entries.length === 0) return;
    const lines = entries.map(({ id, document }, n) => entryLine(id, document, n === 0));
    try {
      await this.#makeReady();
      this.#hasTail = true;
      await writeAll(this.#handle, Buffer.concat(lines), this.#end);
      await this.#handle.datasync();
      this.#hasTail = false;
    } catch (error) {
      // Tried now, so that readers see no more of it; and again before the next line.
      await this.#makeReady().catch(() => undefined);
      throw fileFault(`writing to ${this.#path}`, error);
    }
    for (const [n, { id, document }] of entries.entries()) {
      const { length } = lines[n] as Buffer;
      this.#note(id, document && { offset: this.#end, length: length - 1 });
      this.#end += length;
    }
    if (this.#end > WORTH_COMPACTING && this.#end > 2 * this.#live)
      await this.compact().catch((error: unknown) =>
        warn(`${fileFault(`writing ${this.#path} anew`, error).message}. It goes on growing meanwhile`),
      );
  }

  /** Cuts off what was not answered for, also what a sync refused to put on the disk: nobody knows which of it is there. */
  async #makeReady(): Promise<void> {
    if (!this.#isInPlace) await syncFolderOf(this.#path);
    this.#isInPlace = true;
    if (!this.#hasTail) return;
    await this.#handle.truncate(this.#end);
    await this.#handle.datasync();
    this.#hasTail = false;
  }

  #note(id: string, place: Place | undefined): void {
    this.#live -= lineBytes(this.#places.get(id));
    this.#live += lineBytes(place);
    if (place === undefined) this.#places.delete(id);
    else this.#places.set(id, place);
  }

  /** @throws Fault where it cannot be read. */
  async read(id: string): Promise<DocumentFields | undefined> {
    const place = this.#places.get(id);
    if (place === undefined) return undefined;
    try {
      const bytes = Buffer.allocUnsafe(place.length);
      await this.#handle.read(bytes, 0, bytes.length, place.offset);
      if (!isWhole(bytes)) throw damagedFault(this.#path, place.offset);
      return documentOf(id, bytes);
    } catch (error) {
      throw fileFault(`reading ${this.#path}`, error);
    }
  }

  /**
   * All documents as they are now, whatever is written while they are taken: they are read from this very file, also once it is
   * replaced. Takes a handle of its own, which is closed at the end.
   */
  async documents(): Promise<AsyncGenerator<{ readonly id: string; readonly fields: DocumentFields }>> {
    const places = this.#sorted();
    const handle = await open(this.#path, 'r').catch((error: unknown) => {
      throw fileFault(`reading ${this.#path}`, error);
    });
    const path = this.#path;
    return (async function* () {
      try {
        for await (const { id, bytes } of linesAt(handle, path, places))
          yield { id, fields: documentOf(id, bytes) };
      } catch (error) {
        throw fileFault(`reading ${path}`, error);
      } finally {
        await handle.close();
      }
    })();
  }

  #sorted(): (readonly [id: string, place: Place])[] {
    return [...this.#places].sort(([, a], [, b]) => a.offset - b.offset);
  }

  /** Writes the file anew with what is of use, and puts it in the place of the old one. */
  async compact(): Promise<void> {
    const places = this.#sorted();
    const source = this.#handle;
    const path = this.#path;
    const head = headLine(this.#collection);
    const offsets: Place[] = [];
    let end = head.length;
    const fresh = await writeDraft(
      path,
      (async function* () {
        yield head;
        for await (const { bytes } of linesAt(source, path, places)) {
          const line = asBeginning(bytes);
          offsets.push({ offset: end, length: bytes.length });
          end += line.length;
          yield line;
        }
      })(),
    );
    try {
      await rename(draftOf(path), path);
    } catch (error) {
      await fresh.close();
      throw error;
    }
    // From here on the old file is nobody's, whatever else fails.
    for (const [n, [id]] of places.entries()) this.#places.set(id, offsets[n] as Place);
    this.#handle = fresh;
    this.#live = end - head.length;
    this.#end = end;
    this.#hasTail = false;
    this.#isInPlace = false;
    await source.close();
    await this.#makeReady();
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

function lineBytes(place: Place | undefined): number {
  return place === undefined ? 0 : place.length + 1;
}

/** Lines in the order of their places, several read at once. @throws Fault where one is not as it was written. */
async function* linesAt(handle: FileHandle, path: string, places: readonly (readonly [string, Place])[]) {
  for (let next = 0; next < places.length;) {
    const start = (places[next] as readonly [string, Place])[1].offset;
    let stop = start;
    let behind = next;
    for (let one = places[behind]; one !== undefined; one = places[++behind]) {
      const end = one[1].offset + one[1].length;
      if (behind > next && end - start > WINDOW) break;
      stop = end;
    }
    const bytes = Buffer.allocUnsafe(stop - start);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
    for (const [id, { offset, length }] of places.slice(next, behind)) {
      const line = bytes.subarray(0, bytesRead).subarray(offset - start, offset - start + length);
      if (!isWhole(line)) throw damagedFault(path, offset);
      yield { id, bytes: line };
    }
    next = behind;
  }
}

/** A file that is not in its place yet. */
function draftOf(path: string): string {
  return `${path}.draft`;
}

/** Of a process that was killed. */
async function removeDraft(path: string): Promise<void> {
  await rm(draftOf(path), { force: true });
}

/** @returns the file, open for reading and writing, and on the disk. */
async function writeDraft(
  path: string,
  pieces: Iterable<Buffer> | AsyncIterable<Buffer>,
): Promise<FileHandle> {
  const handle = await open(draftOf(path), 'w+');
  try {
    let position = 0;
    let pending: Buffer[] = [];
    let bytes = 0;
    const flush = async () => {
      await writeAll(handle, Buffer.concat(pending), position);
      position += bytes;
      [pending, bytes] = [[], 0];
    };
    for await (const piece of pieces as AsyncIterable<Buffer>) {
      pending.push(piece);
      bytes += piece.length;
      if (bytes > WINDOW) await flush();
    }
    await flush();
    await handle.sync();
    return handle;
  } catch (error) {
    await handle.close();
    await removeDraft(path);
    throw error;
  }
}

/** A file's name is on the disk once its folder is. */
async function syncFolderOf(path: string): Promise<void> {
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function writeAll(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  // One call may write less than all, as where the disk is full.
  for (let written = 0; written < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}

import type { FileHandle } from 'node:fs/promises';
import { isWhole } from './line.ts';
import { damagedFault } from './scan.ts';

/** Where a document's line is, without its line break. */
export interface Place {
  readonly offset: number;
  readonly length: number;
}

/** Bytes of lines that are read at once. */
const WINDOW = 1 << 18;

/** Where each document's newest line is in a file. */
export class Places {
  readonly #places = new Map<string, Place>();
  #bytes = 0;

  /** Of all the lines, with their line breaks. */
  get bytes(): number {
    return this.#bytes;
  }

  get(id: string): Place | undefined {
    return this.#places.get(id);
  }

  /** @param place undefined where there is no document any more. */
  set(id: string, place: Place | undefined): void {
    this.#bytes += lineBytes(place) - lineBytes(this.#places.get(id));
    if (place === undefined) this.#places.delete(id);
    else this.#places.set(id, place);
  }

  /** As they are now, in the order of the file. */
  inOrder(): (readonly [id: string, place: Place])[] {
    return [...this.#places].sort(([, a], [, b]) => a.offset - b.offset);
  }
}

function lineBytes(place: Place | undefined): number {
  return place === undefined ? 0 : place.length + 1;
}

/** Lines in the order of their places, several read at once. @throws Fault where one is not as it was written. */
export async function* linesAt(
  handle: FileHandle,
  path: string,
  places: readonly (readonly [string, Place])[],
): AsyncGenerator<{ readonly id: string; readonly bytes: Buffer }> {
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

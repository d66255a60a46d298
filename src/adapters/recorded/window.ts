export const BYTE = {
  newline: 0x0a,
  quote: 0x22,
  comma: 0x2c,
  colon: 0x3a,
  openList: 0x5b,
  backslash: 0x5c,
  closeList: 0x5d,
  openObject: 0x7b,
  closeObject: 0x7d,
} as const;

/** A place in the file: the byte's offset, its line (from 1), and the offset of that line's first byte. */
export interface Position {
  readonly at: number;
  readonly line: number;
  readonly lineStart: number;
}

/** How much of a line is kept to tell how far it is indented. */
const LINE_HEAD = 256;

/** The bytes of a file around the place that has been read to. Offsets count from the start of the file. */
export class Window implements Position {
  bytes: Uint8Array = new Uint8Array(0);
  /** The offset of `bytes[0]`. */
  base = 0;
  at = 0;
  line = 1;
  lineStart = 0;
  #store = new Uint8Array(0);

  /** Adds a chunk; bytes from offset `keep` on stay readable. */
  push(chunk: Uint8Array, keep: number): void {
    const lineHead = this.at - this.lineStart <= LINE_HEAD ? this.lineStart : this.at;
    const from = Math.max(this.base, Math.min(keep, lineHead));
    const kept = this.bytes.subarray(from - this.base);
    const length = kept.length + chunk.length;
    // Twice what is needed, so that a value that spans many chunks is copied a few times and not once a chunk.
    if (this.#store.length < length) {
      const store = new Uint8Array(2 * length);
      store.set(kept);
      this.#store = store;
    } else this.#store.copyWithin(0, from - this.base, from - this.base + kept.length);
    this.#store.set(chunk, kept.length);
    this.bytes = this.#store.subarray(0, length);
    this.base = from;
  }

  /** The bytes from an offset to where reading is, or to `to`; valid until the next `push`. */
  slice(from: number, to = this.at): Uint8Array {
    return this.bytes.subarray(from - this.base, to - this.base);
  }

  /** Moves over blanks and line ends; the byte after them, undefined at the end of what is there. */
  skipBlanks(): number | undefined {
    for (;;) {
      const byte = this.bytes[this.at - this.base];
      if (!isBlank(byte)) return byte;
      this.at++;
      if (byte === BYTE.newline) this.startLine();
    }
  }

  startLine(): void {
    this.line++;
    this.lineStart = this.at;
  }

  /** How many blanks stand before the byte on its line; -1 when anything else does. */
  indent(): number {
    const from = this.lineStart - this.base;
    const to = this.at - this.base;
    if (from < 0 || to - from > LINE_HEAD) return -1;
    for (let i = from; i < to; i++) if (!isBlank(this.bytes[i])) return -1;
    return to - from;
  }

  position(): Position {
    return { at: this.at, line: this.line, lineStart: this.lineStart };
  }

  moveTo({ at, line, lineStart }: Position): void {
    this.at = at;
    this.line = line;
    this.lineStart = lineStart;
  }
}

export function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === BYTE.newline || byte === 0x0d || byte === 0x09;
}

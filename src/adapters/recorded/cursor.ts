import { BLANK, LINE_END, NEWLINE, ROLES } from './bytes.ts';

/** How much of a line is kept for telling what stands before a byte on it; deeper indentation counts as none. */
const LINE_HEAD = 256;

const BYTE_ORDER_MARK = Buffer.from('\ufeff');

/** A place in the file: the byte's offset, its line (from 1), and the offset of that line's first byte. */
export interface Position {
  readonly at: number;
  readonly line: number;
  readonly lineStart: number;
}

/**
 * Where reading has got to, and the bytes around it: the latest chunk, led by as much of the earlier ones as is still
 * needed. Offsets count from the start of the file, so they stay good whatever is dropped.
 */
export class Cursor implements Position {
  bytes: Buffer = Buffer.alloc(0);
  /** The offset of `bytes[0]`. */
  base = 0;
  at = 0;
  line = 1;
  lineStart = 0;
  private store: Buffer = Buffer.alloc(0);

  /** The offset just after the last byte so far. */
  get end(): number {
    return this.base + this.bytes.length;
  }

  /** The line of the last byte so far. */
  get endLine(): number {
    return this.at === this.lineStart && this.line > 1 ? this.line - 1 : this.line;
  }

  /** Adds a chunk; bytes from `keep` (an offset) on stay readable, earlier ones may be dropped. */
  push(chunk: Uint8Array, keep: number): void {
    const lineHead = this.at - this.lineStart <= LINE_HEAD ? this.lineStart : this.at;
    const from = Math.max(this.base, Math.min(keep, lineHead));
    const kept = this.bytes.subarray(from - this.base);
    if (kept.length === 0) {
      this.bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    } else {
      const length = kept.length + chunk.length;
      if (this.store.length < length) {
        // Twice what is needed: a value that spans many chunks is then copied a few times, not once a chunk.
        this.store = Buffer.allocUnsafeSlow(2 * length);
        this.store.set(kept);
      } else if (from > this.base || this.bytes.buffer !== this.store.buffer) {
        this.store.set(kept);
      }
      this.store.set(chunk, kept.length);
      this.bytes = this.store.subarray(0, length);
    }
    this.base = from;
  }

  /** The bytes between two offsets, a view that holds only until the next `push`. */
  slice(from: number, to: number): Buffer {
    return this.bytes.subarray(from - this.base, to - this.base);
  }

  /** What the byte under the cursor means outside a string; undefined at the end. */
  role(): number | undefined {
    const byte = this.bytes[this.at - this.base];
    return byte === undefined ? undefined : ROLES[byte];
  }

  /** Moves over blanks and line ends; what the byte after them means, undefined at the end. */
  skipBlanks(): number | undefined {
    for (;;) {
      const role = this.role();
      if (role !== BLANK && role !== LINE_END) return role;
      this.at++;
      if (role === LINE_END) {
        this.line++;
        this.lineStart = this.at;
      }
    }
  }

  /** Moves over a byte order mark at the start of the file; false while it cannot be told whether there is one. */
  skipByteOrderMark(): boolean {
    if (this.at > 0) return true;
    const start = this.bytes.subarray(0, BYTE_ORDER_MARK.length);
    if (!start.equals(BYTE_ORDER_MARK.subarray(0, start.length))) return true;
    if (start.length < BYTE_ORDER_MARK.length) return false;
    this.at = start.length;
    this.lineStart = this.at;
    return true;
  }

  /** What is left of the line, at most `limit` bytes of it; undefined while more of it may come. */
  restOfLine(limit: number, final: boolean): Buffer | undefined {
    const rest = this.slice(this.at, this.at + limit);
    const lineEnd = rest.indexOf(NEWLINE);
    if (lineEnd >= 0) return rest.subarray(0, lineEnd);
    return rest.length === limit || final ? rest : undefined;
  }

  /** How many blanks stand before the byte on its line; -1 when anything else does. */
  indent(): number {
    return indentation(this.bytes, this.lineStart - this.base, this.at - this.base);
  }

  position(): Position {
    return { at: this.at, line: this.line, lineStart: this.lineStart };
  }

  /** Goes back to an earlier position, whose bytes must still be there. */
  moveTo({ at, line, lineStart }: Position): void {
    this.at = at;
    this.line = line;
    this.lineStart = lineStart;
  }
}

/** How many blanks lie between two indices; -1 when anything else does, or more than are kept. */
export function indentation(bytes: Uint8Array, from: number, to: number): number {
  if (from < 0 || to - from > LINE_HEAD) return -1;
  for (let i = from; i < to; i++) {
    if (ROLES[bytes[i] as number] !== BLANK) return -1;
  }
  return to - from;
}

import { BLANK, NEWLINE, OPEN_LIST, OPEN_OBJECT, ROLES } from './bytes.ts';
import type { Cursor } from './cursor.ts';
import type { Output } from './output.ts';

/** What is to be reported once it is known whether anything follows. */
export interface Break {
  readonly line: number;
  readonly message: string;
  /** Reported instead when nothing follows. */
  readonly atEnd?: { readonly line: number; readonly message: string } | undefined;
}

/** Finds where reading can go on after something that cannot be read: at a line that starts with a bracket. */
export class Resync {
  private readonly cursor: Cursor;
  private readonly out: Output;
  private indent = 0;
  private found: Break | undefined;

  constructor(cursor: Cursor, out: Output) {
    this.cursor = cursor;
    this.out = out;
  }

  /**
   * Starts to look at the cursor, for a line indented by no more than `indent`. With a break, it is reported when
   * such a line or the end of the file is found; without one, nothing is.
   */
  begin(indent: number, found: Break | undefined): void {
    this.indent = indent;
    this.found = found;
  }

  /** Moves the cursor to the bracket: true. False when the bytes so far have none, and, if final, when none has. */
  seek(final: boolean): boolean {
    const { cursor } = this;
    const { bytes, base } = cursor;
    for (;;) {
      if (cursor.at === cursor.lineStart) {
        const start = cursor.at - base;
        let i = start;
        while (i < bytes.length && i - start < this.indent && ROLES[bytes[i] as number] === BLANK) i++;
        if (i === bytes.length && !final) return false;
        const role = i < bytes.length ? ROLES[bytes[i] as number] : undefined;
        if (role === OPEN_OBJECT || role === OPEN_LIST) {
          cursor.at = base + i;
          this.report();
          return true;
        }
      }
      const lineEnd = bytes.indexOf(NEWLINE, cursor.at - base);
      if (lineEnd < 0) {
        cursor.at = cursor.end;
        if (final) this.reportEnd();
        return false;
      }
      cursor.at = base + lineEnd + 1;
      cursor.lineStart = cursor.at;
      cursor.line++;
    }
  }

  private report(): void {
    if (this.found === undefined) return;
    const { line, message } = this.found;
    this.out.problem(line, `${message}; reading goes on at line ${this.cursor.line}`);
  }

  private reportEnd(): void {
    if (this.found === undefined) return;
    const { line, message } = this.found.atEnd ?? this.found;
    this.out.problem(line, message);
  }
}

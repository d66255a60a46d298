import { CLOSE_OBJECT, COLON, OPEN_OBJECT, ORDINARY } from './bytes.ts';
import type { Cursor } from './cursor.ts';
import type { Expected } from './list-step.ts';
import type { Output } from './output.ts';
import type { Value } from './value.ts';

/** A list whose elements are read one by one. */
export interface List {
  readonly name: 'list' | 'event';
  /** The line that the list or the event starts at, and how far that line is indented. */
  readonly line: number;
  readonly indent: number;
  /** The event whose records these are; undefined for a list at the top level. */
  readonly event: Value | undefined;
  readonly around: List | undefined;
  /** Whether the list's own bracket is at the margin of an event that started before. */
  readonly detached: boolean;
}

/** What is around the cursor between two values: the lists that are open, and what may come next. */
export class Surroundings {
  /** The innermost open list; undefined at the top level of the file. */
  list: List | undefined;
  expected: Expected = 'first';
  /** Lists were given up. What follows may still be elements of them: a comma or closing bracket is nothing new. */
  orphaned = false;
  /** Something is wrong with the latest value or what follows it, and that has been said. */
  sore = false;
  private readonly cursor: Cursor;
  private readonly out: Output;
  /** The line of the latest byte that belongs to the list. */
  private lastLine = 1;
  /** What is here is left over from a broken element, until a comma and an object begin another one. */
  private leftover = false;
  /** The latest byte was a colon, which there is none of between elements: a property's value follows. */
  private afterColon = false;

  constructor(cursor: Cursor, out: Output) {
    this.cursor = cursor;
    this.out = out;
  }

  /** Goes into a list at the top level; the cursor is at its opening bracket. */
  openList(): void {
    const { line } = this.cursor;
    const indent = Math.max(0, this.cursor.indent());
    this.open({ name: 'list', line, indent, event: undefined, around: undefined, detached: false });
  }

  /** Goes into an event's list of records; the cursor is at its opening bracket. */
  openRecords(event: Value): void {
    const { line, indent } = event.scan;
    const detached = this.atMargin(event.scan);
    this.open({ name: 'event', line, indent, event, around: this.list, detached });
  }

  private open(list: List): void {
    this.cursor.at++;
    this.list = list;
    this.expected = 'first';
    this.lastLine = this.cursor.line;
    this.sore = false;
    this.leftover = false;
  }

  /** Goes out of the innermost list; the cursor is at its closing bracket. */
  close(): void {
    this.cursor.at++;
    this.list = this.list?.around;
    this.afterValue(this.sore || this.leftover);
    this.leftover = false;
  }

  /** Whether what came last is on the cursor's line, and something is wrong with it. */
  isSoreOnLine(): boolean {
    return this.sore && this.lastLine === this.cursor.line;
  }

  /** Whether the byte at the cursor comes first on a line after that one, and is indented no deeper. */
  atMargin({ line, indent }: { readonly line: number; readonly indent: number }): boolean {
    const found = this.cursor.line > line ? this.cursor.indent() : -1;
    return found >= 0 && found <= indent;
  }

  afterValue(sore = false): void {
    this.expected = 'separator';
    this.lastLine = this.cursor.line;
    this.sore = sore;
    this.afterColon = false;
  }

  /** Moves over a comma. */
  skipComma(): void {
    this.cursor.at++;
    this.expected = 'value';
    this.lastLine = this.cursor.line;
    this.sore = false;
    this.afterColon = false;
  }

  /** Moves over a bracket that closes, or a comma, of lists that were given up. */
  skipOrphan(closes: boolean): void {
    this.cursor.at++;
    this.expected = closes || this.expected === 'first' ? 'first' : 'value';
  }

  /** Moves over bytes that have no place between the elements of a list. */
  skipStray(): void {
    let last: number | undefined;
    for (let role = this.cursor.role(); isStray(role); role = this.cursor.role()) {
      last = role;
      this.cursor.at++;
    }
    this.afterValue(true);
    this.leftover = true;
    this.afterColon = last === COLON;
  }

  /** Whether the value that the cursor is at should be kept: an element rather than a piece of a broken one. */
  accepts(role: number): boolean {
    if (role !== OPEN_OBJECT && this.expected === 'separator') this.leftover = true;
    if (role !== OPEN_OBJECT || this.afterColon) return !this.leftover;
    if (this.expected === 'value') this.leftover = false;
    return true;
  }

  /** Reports what is wrong with the list at the cursor, unless it follows from what was said of it before. */
  complain(message: string): void {
    if (!this.sore && !this.leftover) this.out.problem(this.cursor.line, message);
    this.sore = true;
  }

  /** Leaves all lists, because a value starts at this line that cannot be in them. */
  abandon(line: number): void {
    if (this.list !== undefined && !this.sore && !this.leftover) {
      const { name, line: start } = this.list;
      const message = `the ${name} that starts at line ${start} is not closed before the next value, at line ${line}`;
      this.out.problem(this.lastLine, message);
    }
    this.giveUp();
  }

  /** Leaves all lists. */
  giveUp(): void {
    this.orphaned ||= this.list !== undefined;
    this.list = undefined;
    this.expected = 'first';
    this.sore = false;
    this.leftover = false;
  }

  /** Reports a list that is still open at the end of the file. */
  end(): void {
    if (this.list === undefined || this.sore || this.leftover) return;
    const { name, line } = this.list;
    this.out.problem(
      this.cursor.endLine,
      `the file ends in the middle of the ${name} that starts at line ${line}`,
    );
  }
}

function isStray(role: number | undefined): boolean {
  return role === ORDINARY || role === COLON || role === CLOSE_OBJECT;
}

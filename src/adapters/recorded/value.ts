import type { Cursor, Position } from './cursor.ts';
import { newScan, restartScan, resumeScan, scan, type Scan, type Stop } from './scan.ts';

/** One JSON value being read: where it starts, how far it has been scanned, and which of its bytes are wanted. */
export class Value {
  readonly scan: Scan;
  /** Where the bytes start that are wanted: the value's start, or what follows its list of records. */
  from: Position;
  /** JSON text that stands for what came before `from`. */
  lead = '';
  /** The value is not to be reported, nor what is wrong with it. */
  unwanted = false;
  /** The value's bytes are not kept. */
  dropped = false;
  private readonly cursor: Cursor;

  constructor(cursor: Cursor) {
    this.cursor = cursor;
    this.scan = newScan();
    this.from = cursor.position();
  }

  /** The line the value starts at. */
  get line(): number {
    return this.scan.line;
  }

  /** What to call it in a message that stands at `from`. */
  get name(): string {
    return this.lead === '' ? 'the value that starts here' : `the event that starts at line ${this.line}`;
  }

  /**
   * Starts at the cursor, which is at an opening bracket, a quote, or an ordinary byte. The value's own list of
   * records, if it has one, is left to the caller to read when `opensRecords`.
   */
  begin(inList: boolean, opensRecords: boolean): void {
    this.from = this.cursor.position();
    this.lead = '';
    this.unwanted = false;
    this.dropped = false;
    restartScan(this.scan, this.cursor);
    this.scan.inList = inList;
    this.scan.opensRecords = opensRecords;
  }

  /** Moves the cursor on until the value ends or something else needs a decision. */
  read(): Stop {
    return scan(this.cursor, this.scan);
  }

  /** JSON text that completes the object at whose list of records reading stopped. */
  get rest(): string {
    return `[]${'}'.repeat(this.scan.depth)}`;
  }

  /** Goes on after the list of records at which reading stopped; the cursor is after its `]`. */
  resume(): void {
    this.from = this.cursor.position();
    this.lead = this.scan.depth === 1 ? '{"Records":[]' : '{"payload":{"Records":[]';
    resumeScan(this.scan, this.cursor);
  }

  /** From now on the value is not wanted; its bytes are kept, as others may start in it. */
  ignore(): void {
    this.unwanted = true;
    this.scan.opensRecords = false;
  }

  /** From now on the value is not wanted, and its bytes are not kept. */
  drop(): void {
    this.ignore();
    this.dropped = true;
  }

  /** The bytes that are wanted, up to the cursor; a view that holds only until the next chunk. */
  wanted(): Buffer {
    return this.cursor.slice(this.from.at, this.cursor.at);
  }

  /** The latest string, up to the cursor; a view that holds only until the next chunk. */
  latestString(): Buffer {
    return this.cursor.slice(this.scan.stringAt, this.cursor.at);
  }

  /** Where to look for the next value when this one turns out broken: not at its own first byte. */
  get restart(): Position {
    return this.lead === '' ? { ...this.from, at: this.from.at + 1 } : this.from;
  }
}

import { BYTE, isBlank, type Position, type Window } from './window.ts';

/** Levels of brackets that a value may have. DynamoDB nests attributes 32 deep: some 70 levels in a record. */
export const DEEPEST = 500;

/**
 * Why scanning stopped, and where the window then is:
 * - `more`: at the end of the bytes so far; `end`: behind the value;
 * - `records`: at the `[` under `Records`, or under `Records` in `payload`;
 * - `broken`: at a line end inside a string, or at a bracket that starts a line where no value may stand.
 */
export type Stop = 'more' | 'end' | 'records' | 'broken';

/** One JSON value, followed by its brackets and strings alone: what else is wrong in it is left to `JSON.parse`. */
export class Scan {
  readonly start: Position;
  /** How far its line is indented; 0 when it does not start its line, which `startsLine` tells. */
  readonly indent: number;
  readonly startsLine: boolean;
  /** Offset and line of what has not been parsed yet: the value's own start, or the end of its list of records. */
  rest: Position;
  /** The line of the string under `payload`. */
  payloadLine: number;
  tooDeep = false;
  /** The last line in the value that starts with a bracket and is indented no deeper. */
  resumeAt: Position | undefined;
  /** Whether to stop at a list of records. */
  seeksRecords: boolean;
  /** The bytes of the value before `rest`, without its records. */
  before: Uint8Array = new Uint8Array(0);
  readonly #window: Window;
  readonly #open = new Uint8Array(DEEPEST + 1);
  #depth = 0;
  /** The last byte that is no blank, a string's being its quote; 1 stands for a word or number. */
  #last = 0;
  #inString = false;
  #inPayload = false;
  #string = { from: 0, to: 0 };

  constructor(window: Window, seeksRecords: boolean) {
    this.#window = window;
    this.start = this.rest = window.position();
    const indent = window.indent();
    this.startsLine = indent >= 0;
    this.indent = Math.max(0, indent);
    this.payloadLine = window.line;
    this.seeksRecords = seeksRecords;
  }

  /** Leaves the list of records to others; the window is behind its `[`. */
  pause(): void {
    this.before = Buffer.concat([this.before, this.#window.slice(this.rest.at)]);
    this.resumeAt = undefined;
  }

  /** Goes on with the end of the list of records, which the window is at. */
  resume(): void {
    this.rest = this.#window.position();
    this.#window.at++;
    this.#last = BYTE.closeList;
    // The bytes of the latest string may be gone.
    this.#string = { from: this.rest.at, to: this.rest.at };
  }

  run(): Stop {
    const window = this.#window;
    const { bytes, base } = window;
    for (;;) {
      if (this.#inString) {
        let i = window.at - base;
        while (i < bytes.length && !STRING_STOPS[bytes[i] as number]) i++;
        window.at = base + i;
        const byte = bytes[i];
        // An escape is passed over once what it escapes is there; a line end is never part of one.
        if (byte === undefined || (byte === BYTE.backslash && i + 1 === bytes.length)) return 'more';
        if (byte === BYTE.newline) return 'broken';
        window.at += byte === BYTE.backslash && bytes[i + 1] !== BYTE.newline ? 2 : 1;
        if (byte === BYTE.backslash) continue;
        this.#inString = false;
        this.#string.to = window.at - 1;
        this.#last = BYTE.quote;
        if (this.#depth === 0) return 'end';
        continue;
      }
      const byte = bytes[window.at - base];
      if (byte === undefined) return 'more';
      const role = ROLES[byte];
      if (this.#depth === 0 && this.#last === WORD && role !== WORD) return 'end';
      if (byte === BYTE.openObject || byte === BYTE.openList) {
        const stop = this.#opening(byte);
        if (stop !== undefined) return stop;
      }
      window.at++;
      if (role === WORD) this.#last = WORD;
      else if (byte === BYTE.newline) window.startLine();
      else if (role !== BLANK) {
        if (byte === BYTE.quote) this.#openString();
        else this.#last = byte;
        if ((byte === BYTE.closeObject || byte === BYTE.closeList) && this.#close(byte)) return 'end';
      }
    }
  }

  #openString(): void {
    const { at, line } = this.#window;
    if (this.#depth === 1 && this.#last === BYTE.colon && this.#keyIs('payload')) this.payloadLine = line;
    this.#string.from = at;
    this.#inString = true;
  }

  #opening(byte: number): Stop | undefined {
    if (this.#depth > 0) {
      const isKey = this.#last === BYTE.colon;
      const fits =
        this.#open[this.#depth] === BYTE.openObject
          ? isKey
          : this.#last === BYTE.comma || this.#last === BYTE.openList;
      const indent = this.#window.indent();
      if (indent >= 0 && indent <= this.indent) {
        if (!fits) return 'broken';
        this.resumeAt = this.#window.position();
      }
      if (this.seeksRecords && isKey && this.#depth <= 2) {
        const inEvent = this.#depth === 1 || this.#inPayload;
        if (byte === BYTE.openList && inEvent && this.#keyIs('Records')) return 'records';
        if (this.#depth === 1) this.#inPayload = this.#keyIs('payload');
      }
    }
    this.#depth++;
    if (this.#depth > DEEPEST) this.tooDeep = true;
    else this.#open[this.#depth] = byte;
    return undefined;
  }

  /** Closes the nearest bracket of this kind, one that has none is passed over; whether it was the value's own. */
  #close(byte: number): boolean {
    const opening = byte === BYTE.closeObject ? BYTE.openObject : BYTE.openList;
    let depth = this.#depth;
    while (depth > 0 && depth <= DEEPEST && this.#open[depth] !== opening) depth--;
    if (depth > 0) this.#depth = depth - 1;
    return this.#depth === 0;
  }

  /** Whether the latest string is exactly this text, written without escapes. */
  #keyIs(text: string): boolean {
    const { from, to } = this.#string;
    return to - from === text.length && Buffer.from(this.#window.slice(from, to)).toString('latin1') === text;
  }
}

const BLANK = 0;
const WORD = 1;
const ROLES = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (isBlank(byte)) return BLANK;
  return byte !== BYTE.backslash && Object.values<number>(BYTE).includes(byte) ? 2 : WORD;
});
const STRING_STOPS = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(byte === BYTE.quote || byte === BYTE.backslash || byte === BYTE.newline),
);

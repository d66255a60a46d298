import * as bytesOf from './bytes.ts';
import { indentation, type Cursor } from './cursor.ts';

// Constants of this module rather than imported ones: the engine folds them into the loop, which is half again as fast.
const { BACKSLASH, BLANK, CLOSE_LIST, CLOSE_TO_OPEN, COLON, COMMA, LINE_END, NEWLINE } = bytesOf;
const { OPEN_LIST, OPEN_OBJECT, ORDINARY, QUOTE, ROLES, STRING_STOPS } = bytesOf;

/** Levels of brackets a value may have. DynamoDB nests attributes 32 deep, which is some 70 levels in a record. */
export const DEEPEST = 500;

/**
 * Why scanning stopped, and where the cursor then is:
 * - `more`: at the end of the bytes so far;
 * - `end`: after the value's last byte;
 * - `records`: at the `[` that opens an event's list of records;
 * - `misplaced`: at a bracket that opens a line, no deeper indented than the value, where no value may start;
 * - `open-string`: at a line end inside a string;
 * - `foreign-bracket`: at a `]` that closes nothing in the value, so it is that of the list around it.
 */
export type Stop = 'more' | 'end' | 'records' | 'misplaced' | 'open-string' | 'foreign-bracket';

/** A value being scanned. */
export interface Scan {
  /** The line the value starts at. */
  line: number;
  /** How far that line is indented, when the value comes first on it; otherwise 0. */
  indent: number;
  /** Whether the value stands in a list. */
  inList: boolean;
  /** Whether to stop at the list under `Records`, or under `Records` in `payload`. */
  opensRecords: boolean;
  /** The line that the value under `payload` starts at; the value's own line before that is known. */
  payloadLine: number;
  /** Whether the value has more than DEEPEST levels. */
  tooDeep: boolean;
  /** How many brackets are open, and by level, from 1, what opened it. */
  depth: number;
  readonly kinds: Uint8Array;
  /** What the latest byte meant that is no blank; a string counts as its quote. */
  last: number;
  inString: boolean;
  /** The offsets of the latest string's quotes. */
  stringAt: number;
  stringEnd: number;
  /** Whether level 2 is the object under `payload`. */
  inPayload: boolean;
}

/** A scan that `restartScan` makes ready. */
export function newScan(): Scan {
  return {
    line: 0,
    indent: 0,
    inList: false,
    opensRecords: false,
    payloadLine: 0,
    tooDeep: false,
    depth: 0,
    kinds: new Uint8Array(DEEPEST + 1),
    last: BLANK,
    inString: false,
    stringAt: 0,
    stringEnd: 0,
    inPayload: false,
  };
}

/** Makes a scan ready for the value at the cursor, which is at an opening bracket, a quote, or an ordinary byte. */
export function restartScan(state: Scan, cursor: Cursor): void {
  state.line = cursor.line;
  state.indent = Math.max(0, cursor.indent());
  state.payloadLine = cursor.line;
  state.tooDeep = false;
  state.depth = 0;
  state.last = BLANK;
  state.inString = false;
  state.inPayload = false;
  forgetString(state, cursor);
}

/** Goes on after a list that was read elsewhere; the cursor is after its closing bracket. */
export function resumeScan(state: Scan, cursor: Cursor): void {
  state.last = CLOSE_LIST;
  forgetString(state, cursor);
}

/** The bytes of the latest string may be gone: no key is there until the next one. */
function forgetString(state: Scan, cursor: Cursor): void {
  state.stringAt = cursor.at;
  state.stringEnd = cursor.at;
}

const RECORDS = Buffer.from('Records');
const PAYLOAD = Buffer.from('payload');

/**
 * Moves the cursor through a value, by its brackets and strings alone, until it ends or something needs a decision.
 * It is forgiving: what is wrong between the brackets is left to JSON.parse, and a bracket of the wrong kind closes
 * the nearest one of its own kind, so that a bad value ends where it most likely was meant to.
 */
export function scan(cursor: Cursor, state: Scan): Stop {
  const { bytes, base } = cursor;
  const { kinds } = state;
  // Held in variables of the function, for speed; they go back at the end.
  const roles = ROLES;
  const stops = STRING_STOPS;
  const end = bytes.length;
  let i = cursor.at - base;
  let line = cursor.line;
  let lineStart = cursor.lineStart - base;
  let { depth, last, inString } = state;
  let stringAt = state.stringAt - base;
  let stringEnd = state.stringEnd - base;
  let stop: Stop = 'more';

  for (;;) {
    if (inString) {
      while (i < end && stops[bytes[i] as number] === 0) i++;
      if (i >= end) break;
      if (bytes[i] === BACKSLASH) {
        // Stay at the escape until what it escapes is there; a line end is never part of one.
        if (i + 1 >= end) break;
        i += bytes[i + 1] === NEWLINE ? 1 : 2;
        continue;
      }
      if (bytes[i] === NEWLINE) {
        stop = 'open-string';
        break;
      }
      stringEnd = i++;
      inString = false;
      last = QUOTE;
      if (depth === 0) {
        stop = 'end';
        break;
      }
    }
    if (i >= end) break;
    const role = roles[bytes[i] as number] as number;
    if (depth === 0 && last === ORDINARY && role !== ORDINARY) {
      stop = 'end';
      break;
    }
    if (role === QUOTE) {
      if (depth === 1 && last === COLON && holds(bytes, stringAt, stringEnd, PAYLOAD))
        state.payloadLine = line;
      stringAt = i++;
      inString = true;
    } else if (role <= COLON) {
      if (role !== BLANK) last = role;
      i++;
    } else if (role === LINE_END) {
      lineStart = ++i;
      line++;
    } else if (role <= OPEN_OBJECT) {
      if (depth > 0) {
        const fits = kinds[depth] === OPEN_OBJECT ? last === COLON : last === COMMA || last === OPEN_LIST;
        if (!fits && i - lineStart <= state.indent && indentation(bytes, lineStart, i) >= 0) {
          stop = 'misplaced';
          break;
        }
        if (depth <= 2 && last === COLON && state.opensRecords) {
          const inEvent = depth === 1 || state.inPayload;
          if (role === OPEN_LIST && inEvent && holds(bytes, stringAt, stringEnd, RECORDS)) {
            stop = 'records';
            break;
          }
          if (depth === 1) state.inPayload = holds(bytes, stringAt, stringEnd, PAYLOAD);
        }
      }
      if (++depth > DEEPEST) state.tooDeep = true;
      // Past the array's end the kind is not noted, and any bracket may close.
      kinds[depth] = role;
      last = role;
      i++;
    } else {
      const kind = role + CLOSE_TO_OPEN;
      if (depth > DEEPEST || kinds[depth] === kind) depth--;
      else {
        let opened = depth;
        while (opened > 0 && kinds[opened] !== kind) opened--;
        if (opened > 0) depth = opened - 1;
        else if (role === CLOSE_LIST && state.inList) {
          stop = 'foreign-bracket';
          break;
        }
      }
      last = role;
      i++;
      if (depth === 0) {
        stop = 'end';
        break;
      }
    }
  }

  cursor.at = i + base;
  cursor.line = line;
  cursor.lineStart = lineStart + base;
  state.depth = depth;
  state.last = last;
  state.inString = inString;
  state.stringAt = stringAt + base;
  state.stringEnd = stringEnd + base;
  return stop;
}

/** Whether the string between two quotes is exactly this text. A text written with escapes is not looked through. */
function holds(bytes: Uint8Array, quote: number, end: number, text: Uint8Array): boolean {
  if (end - quote - 1 !== text.length) return false;
  for (let i = 0; i < text.length; i++) {
    if (bytes[quote + 1 + i] !== text[i]) return false;
  }
  return true;
}

import { ending } from '../json/excerpt.ts';
import type { Found } from './found.ts';
import { type Forms, RECORDS } from './interpret.ts';
import { parse } from '../json/parse.ts';

/** Bytes of the largest value that is kept; a stream record is at most some two megabytes of JSON. */
const LARGEST = 64 * 2 ** 20;
const TOO_LARGE = 'skipped a value of more than 64 MiB; no stream record is that large';
/** Levels of brackets in a value. DynamoDB nests attributes 32 deep: some 70 levels in a record. */
const DEEPEST = 500;
const TOO_DEEP = `is nested more than ${DEEPEST} levels deep, and DynamoDB allows 32`;
/** Bytes before a bracket in which its key is looked for. One that is further away is found once its value is parsed. */
const KEY = 64;
const KEY_BEFORE = /[{,]\s*"(payload|Records|Items)"\s*:\s*$/;

const CHARS = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));
const table = (chars: RegExp) => Uint8Array.from(CHARS, (char) => Number(chars.test(char)));
const [NEWLINE, QUOTE] = [0x0a, 0x22];
const SPACE = table(/[ \t\r\n]/);
/** Where reading pauses: in a string; in brackets; in other elements; in the rest of a line that is no value; between values. */
const STRING = table(/["\\\n]/);
const BRACKETS = table(/["\n{}[\]]/);
const WORDS = table(/["\n,{[\]]/);
const LINE = table(/\n/);
const TOKENS = table(/[^ \t\r]/);

/** A value that is being read, or an array (of an event or by itself) whose elements are. */
class Value {
  /** Where it starts; once the records of an event are read, where they end. */
  line: number;
  /** How far its line is indented; 0 when it does not start its line. */
  readonly indent: number;
  /** By byte: 1 where reading pauses outside of strings. */
  readonly stops: Uint8Array;
  /** Whether it is none: what stands where a comma should be, or the rest of a line in which no value begins. */
  readonly isJunk: boolean;
  name = 'the value that starts here';
  readonly open: string[] = [];
  isInPayload = false;
  /** Of the array of an event, or of a list of rows: the key that it stands under. */
  list: string | undefined;
  isTooLarge = false;
  /** Whether an element of the array was missed, so that its end may have been too. */
  isBroken = false;
  /** Of an event whose records are read: what is before their end. */
  head = Buffer.alloc(0);

  constructor(line: number, indent: number, stops: Uint8Array, isJunk: boolean) {
    this.line = line;
    this.indent = indent === Infinity ? 0 : indent;
    this.stops = stops;
    this.isJunk = isJunk;
  }
}

/**
 * Cuts a file into values, elements of arrays and records of events, by brackets and strings alone.
 *
 * The rule after a fault: where the brackets of a value match, it is one problem, and reading goes on behind it; where
 * a string in it is not closed on its line, or a line starts with a bracket where no value may stand, it is one
 * problem, and reading goes on at its next line that starts with a bracket and is indented no deeper.
 *
 * What was read in vain is read again, every such line as a value of its own. So no byte is read more than three times.
 */
export class Splitter {
  readonly #found: Found;
  readonly #forms: Forms;
  /** From `#start` to `#end` is what is not done with; `#at` is the next byte. */
  #bytes = Buffer.alloc(0);
  #start = 0;
  #at = 0;
  #end = 0;
  #line = 1;
  #lineStart = 0;
  /** The arrays around what is read; those of events are their `Records`. */
  #arrays: Value[] = [];
  #value: Value | undefined;
  #isInString = false;
  /** Between values, the last character that is not blank. */
  #last = '';
  /** While a line that starts with a bracket is looked for: how far it may be indented. */
  #seek: number | undefined;
  /** The end of what is read again. */
  #againTo = 0;

  /** @param forms what a file may hold. */
  constructor(found: Found, forms: Forms = RECORDS) {
    this.#found = found;
    this.#forms = forms;
  }

  push(chunk: Buffer): void {
    const kept = this.#bytes.subarray(this.#start, this.#end);
    const size = kept.length + chunk.length;
    const grows = size > this.#bytes.length;
    if (grows) this.#bytes = Buffer.allocUnsafe(2 * size);
    if (grows || this.#start > 0) this.#bytes.set(kept);
    this.#bytes.set(chunk, kept.length);
    this.#at -= this.#start;
    this.#lineStart -= this.#start;
    this.#againTo -= this.#start;
    this.#start = 0;
    this.#end = size;
    this.#read();
    const isTooLarge = this.#value !== undefined && this.#isTooLarge(this.#value);
    if (isTooLarge || this.#at - this.#start > LARGEST) this.#start = this.#at;
  }

  /** To be called when nothing more will come. */
  finish(): void {
    while (this.#value !== undefined) {
      this.#at = this.#end;
      if (this.#value.stops === LINE) this.#close(this.#value);
      else this.#breakOff(this.#value, 'is not closed before the file ends');
      this.#read();
    }
    const array = this.#arrays.at(-1);
    if (array?.isBroken === false)
      this.#found.problem(this.lastLine, `the file ends in the middle of ${array.name}`);
  }

  /** The line of the last byte. */
  get lastLine(): number {
    return this.#at === this.#lineStart && this.#line > 1 ? this.#line - 1 : this.#line;
  }

  #read(): void {
    while (this.#skip(this.#value?.stops ?? TOKENS)) {
      const char = CHARS[this.#bytes[this.#at] as number] as string;
      const value = this.#value;
      if (char !== '\n' || this.#isInString || (value?.stops ?? BRACKETS) !== BRACKETS) {
        if (value === undefined) this.#readBetween(char);
        else this.#readValue(value, char);
      } else {
        this.#line++;
        this.#at++;
        this.#lineStart = this.#at;
        if (value === undefined) this.#start = this.#at;
      }
    }
  }

  /** Goes to the next stop, in a string only the end of its line; whether there is one yet. */
  #skip(stops: Uint8Array): boolean {
    const bytes = this.#bytes;
    const end = this.#end;
    let at = this.#at;
    let isInString = this.#isInString;
    for (; ; at++) {
      const pauses = isInString ? STRING : stops;
      while (at < end && pauses[bytes[at] as number] === 0) at++;
      if (bytes[at] === QUOTE && at < end && stops !== TOKENS) isInString = !isInString;
      // What is escaped is passed over, but for the end of a line. Half an escape waits for its rest.
      else if (!isInString || at + 1 >= end || bytes[at] === NEWLINE) break;
      else if (bytes[at + 1] !== NEWLINE) at++;
    }
    this.#at = at;
    this.#isInString = isInString;
    return at < end && (!isInString || bytes[at] === NEWLINE);
  }

  #readValue(value: Value, char: string): void {
    const opens = char === '{' || char === '[';
    const why = this.#isInString ? 'is not closed' : opens && this.#whyBroken(value);
    if (why) this.#breakOff(value, why);
    else if (value.stops !== BRACKETS) this.#close(value);
    else {
      const opensRecords = opens && this.#opensRecords(value, char);
      this.#at++;
      if (opensRecords) this.#openArray(value, 'event');
      else if (!opens) {
        // The innermost bracket, or the one around it when only that is of this kind.
        const depth = value.open.lastIndexOf(char === '}' ? '{' : '[');
        if (depth >= Math.max(0, value.open.length - 2)) value.open.length = depth;
        if (value.open.length === 0) this.#close(value);
      }
    }
  }

  /** Takes what separates values, or begins a value, or goes on with the event whose records end here. */
  #readBetween(char: string): void {
    const opens = char === '{' || char === '[';
    const indent = this.#indent();
    const array = this.#arrays.at(-1);
    const fits = this.#last === ',' || this.#last === '[';
    const startsAnew = !fits && opens && array !== undefined && indent <= array.indent;
    this.#start = this.#at;
    if (this.#seek !== undefined && !(opens && indent <= this.#seek)) {
      this.#at++;
      return;
    }
    this.#seek = undefined;
    if (array === undefined || (startsAnew && array.isBroken)) {
      this.#arrays = [];
      this.#value = new Value(this.#line, indent, opens ? BRACKETS : LINE, !opens);
      if (char !== '[') return;
      this.#at++;
      this.#openArray(this.#value, 'array');
    } else if (char === ']') {
      if (this.#last === ',') this.#found.problem(this.#line, 'a comma before the end of an array');
      this.#arrays.pop();
      this.#last = char;
      array.line = this.#line;
      if (array.open.length > 0) this.#value = array;
      else this.#at++;
    } else if (char === ',') {
      if (fits) this.#found.unexpected(this.#line, 'an element of the array', char);
      this.#last = char;
      this.#at++;
    } else {
      if (!fits && opens) this.#found.unexpected(this.#line, expectedAfter(array), char);
      array.isBroken ||= startsAnew;
      // An object behind a missing comma is an element all the same; what belongs to a key is none.
      const isElement = fits || startsAnew || (char === '{' && this.#last !== ':');
      this.#value = new Value(this.#line, indent, opens ? BRACKETS : WORDS, !isElement);
    }
  }

  #openArray(array: Value, what: 'array' | 'event'): void {
    if (this.#isTooLarge(array)) return;
    array.name = `the ${what} that starts at line ${array.line}`;
    array.head = Buffer.from(this.#text(array));
    this.#arrays.push(array);
    this.#value = undefined;
    this.#last = '[';
  }

  /** Opens a bracket; whether it is that of an event's records. */
  #opensRecords(value: Value, bracket: string): boolean {
    const depth = value.open.push(bracket) - 1;
    if (depth !== 1 && !(depth === 2 && value.isInPayload)) return false;
    const before = this.#bytes.toString('latin1', Math.max(this.#start, this.#at - KEY), this.#at);
    const key = KEY_BEFORE.exec(before)?.[1];
    if (depth === 1) value.isInPayload = key === 'payload';
    if (bracket !== '[' || key === undefined || !this.#forms.lists.includes(key)) return false;
    value.list = key;
    return true;
  }

  #text({ head }: Value): Buffer {
    const text = this.#bytes.subarray(this.#start, this.#at);
    return head.length === 0 ? text : Buffer.concat([head, text]);
  }

  #isTooLarge(value: Value): boolean {
    return (value.isTooLarge ||= value.head.length + this.#at - this.#start > LARGEST);
  }

  #close(value: Value): void {
    const text = this.#text(value);
    const array = this.#arrays.at(-1);
    if (value.stops === LINE) this.#seek = Infinity;
    if (this.#isTooLarge(value)) this.#found.problem(value.line, TOO_LARGE);
    else if (value.isJunk)
      this.#found.unexpected(
        value.line,
        array === undefined ? this.#forms.expected : expectedAfter(array),
        text,
      );
    else {
      const parsed = parse(text);
      if ('problem' in parsed) this.#found.problem(value.line, parsed.problem);
      else if (value.head.length === 0)
        this.#forms.interpret(parsed.value, value.line, this.#found, array?.list);
    }
    this.#value = undefined;
    this.#last = this.#lastBefore();
    this.#start = this.#at;
  }

  /** Gives a value up, and reads it again from its next line on. */
  #breakOff(value: Value, why: string): void {
    const text = this.#text(value);
    if (this.#isTooLarge(value)) this.#found.problem(value.line, TOO_LARGE);
    else if (!value.isBroken)
      this.#found.problem(value.line, `${value.name} ${why}; it ends ${ending(text)}`);
    for (const array of this.#arrays.slice(-1)) array.isBroken = true;
    this.#value = undefined;
    this.#isInString = false;
    this.#last = ',';
    this.#seek = value.indent;
    const nextLine = text.indexOf('\n', value.head.length) - value.head.length;
    if (nextLine >= 0 && !value.isTooLarge && this.#at > this.#againTo) {
      this.#againTo = this.#at;
      this.#at = this.#start + nextLine;
      this.#line = value.line;
    } else this.#start = Math.max(this.#start, this.#lineStart);
  }

  /** Why a value is broken when a bracket opens now, if it is. */
  #whyBroken({ open, indent }: Value): string | undefined {
    if (open.length === DEEPEST) return TOO_DEEP;
    if (open.length === 0 || this.#indent() > indent) return undefined;
    const last = this.#lastBefore();
    const fits = open.at(-1) === '{' ? last === ':' : last === ',' || last === '[';
    return fits && this.#at >= this.#againTo ? undefined : 'is not closed';
  }

  /** How far the next byte is indented; infinitely far when it does not start its line. */
  #indent(): number {
    let from = this.#at;
    while (from > this.#start && from > this.#lineStart && SPACE[this.#bytes[from - 1] as number] === 1)
      from--;
    return from === this.#lineStart ? this.#at - from : Infinity;
  }

  /** The last character of what is kept that is no white space. */
  #lastBefore(): string {
    let at = this.#at - 1;
    while (at >= this.#start && SPACE[this.#bytes[at] as number] === 1) at--;
    return at < this.#start ? '' : (CHARS[this.#bytes[at] as number] as string);
  }
}

function expectedAfter(array: Value): string {
  return `a comma or the end of ${array.name}`;
}

import { ending } from './excerpt.ts';
import type { Found } from './found.ts';
import { EXPECTED_INPUT, interpret } from './interpret.ts';
import { parse } from './parse.ts';
import { Value } from './value.ts';

const TOO_LARGE = 'skipped a value of more than 64 MiB; no stream record is that large';
/** Levels of brackets in a value. DynamoDB nests attributes 32 deep: some 70 levels in a record. */
const DEEPEST = 500;
const TOO_DEEP = `is nested more than ${DEEPEST} levels deep, and DynamoDB allows 32`;

const CHARS = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));
const table = (chars: RegExp) => Uint8Array.from(CHARS, (char) => Number(chars.test(char)));
const [NEWLINE, QUOTE] = [0x0a, 0x22];
const BLANK = table(/[ \t\r]/);
/** Where reading pauses: in a string; in brackets; in other elements of an array; in the rest of a line that is no value. */
const STRING = table(/["\\\n]/);
const BRACKETS = table(/["\n{}[\]]/);
const WORDS = table(/["\n,{[\]]/);
const LINE = table(/\n/);

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
  /** The arrays around what is read; those of events are their `Records`. */
  #arrays: Value[] = [];
  #value: Value | undefined;
  #line = 1;
  /** How many blanks stand before the next byte on its line; -1 when anything else does. */
  #indent = 0;
  /** The last character that is no blank; inside a value, that of the lines and chunks before. */
  #last = '';
  #isInString = false;
  #isEscaped = false;
  /** While a line that starts with a bracket is looked for: how far it may be indented. */
  #seek: number | undefined;
  #readsAgain = false;

  constructor(found: Found) {
    this.#found = found;
  }

  /** Chunks are not copied: their bytes must stay as they are. */
  push(bytes: Buffer): void {
    for (let at = 0; at < bytes.length;)
      at = this.#value === undefined ? this.#readBetween(bytes, at) : this.#readValue(this.#value, bytes, at);
  }

  /** To be called when nothing more will come. */
  finish(): void {
    while (this.#value !== undefined)
      if (this.#value.stops === LINE) this.#end(this.#value);
      else this.#breakOff(this.#value, 'is not closed before the file ends');
    const array = this.#arrays.at(-1);
    if (array?.isBroken === false)
      this.#found.problem(this.lastLine, `the file ends in the middle of ${array.name}`);
  }

  /** The line of the last byte. */
  get lastLine(): number {
    return this.#indent === 0 && this.#line > 1 ? this.#line - 1 : this.#line;
  }

  /** Reads on in a value; returns where to go on. */
  #readValue(value: Value, bytes: Buffer, from: number): number {
    let at = this.#nextStop(value, bytes, from);
    for (; at < bytes.length; at = this.#nextStop(value, bytes, at + 1)) {
      const char = CHARS[bytes[at] as number] as string;
      const opens = char === '{' || char === '[';
      const why = this.#isInString ? 'is not closed' : opens && this.#whyBroken(value);
      if (why || (value.stops !== BRACKETS && char !== '"')) {
        this.#keep(value, bytes, from, at);
        if (why) this.#breakOff(value, why);
        else this.#end(value);
        return at;
      }
      this.#indent = -1;
      if (char === '\n') {
        this.#last = lastOf(bytes, from, at) || this.#last;
        this.#line++;
        this.#indent = 0;
      } else if (char === '"') this.#isInString = true;
      else if (opens ? value.opensRecords(char, bytes, from, at) : value.closes(char)) {
        this.#keep(value, bytes, from, at + 1);
        if (opens) this.#openArray(value, 'event');
        else this.#end(value);
        return at + 1;
      }
    }
    this.#keep(value, bytes, from, at);
    return at;
  }

  /** The next stop in a value, in a string only the end of its line; the end of the bytes when there is none. */
  #nextStop({ stops }: Value, bytes: Buffer, from: number): number {
    let at = from;
    while (this.#isInString) {
      // What is escaped is passed over, but for the end of a line.
      if (this.#isEscaped && at < bytes.length) {
        this.#isEscaped = false;
        if (bytes[at] !== NEWLINE) at++;
      }
      while (at < bytes.length && STRING[bytes[at] as number] === 0) at++;
      if (at === bytes.length || bytes[at] === NEWLINE) return at;
      if (bytes[at++] === QUOTE) this.#isInString = false;
      else this.#isEscaped = true;
    }
    for (; this.#indent >= 0 && BLANK[bytes[at] as number] === 1; at++) this.#indent++;
    const start = at;
    while (at < bytes.length && stops[bytes[at] as number] === 0) at++;
    if (at > start) this.#indent = -1;
    return at;
  }

  #keep(value: Value, bytes: Buffer, from: number, to: number): void {
    value.keep(bytes.subarray(from, to));
    this.#last = lastOf(bytes, from, to) || this.#last;
  }

  /** Reads one character between values; returns where to go on: at the character when a value has it. */
  #readBetween(bytes: Buffer, at: number): number {
    const char = CHARS[bytes[at] as number] as string;
    if (char === '\n') {
      this.#line++;
      this.#indent = 0;
    } else if (BLANK[bytes[at] as number] === 1) {
      if (this.#indent >= 0) this.#indent++;
    } else {
      this.#take(char);
      if (this.#value !== undefined) return at;
      this.#indent = -1;
    }
    return at + 1;
  }

  /** Takes what separates values, or begins a value, or goes on with the event whose records end here. */
  #take(char: string): void {
    const opens = char === '{' || char === '[';
    if (this.#seek !== undefined && !(opens && this.#startsLine(this.#seek))) return;
    this.#seek = undefined;
    const array = this.#arrays.at(-1);
    const fits = this.#last === ',' || this.#last === '[';
    const startsAnew = !fits && opens && array !== undefined && this.#startsLine(array.indent);
    if (array === undefined || (startsAnew && array.isBroken)) {
      this.#arrays = [];
      const value = new Value(this.#line, this.#indent, opens ? BRACKETS : LINE, !opens);
      if (char === '[') this.#openArray(value, 'array');
      else this.#value = value;
      this.#last = char;
    } else if (char === ']') {
      if (this.#last === ',') this.#found.problem(this.#line, 'a comma before the end of an array');
      this.#arrays.pop();
      this.#last = char;
      if (array.open.length === 0) return;
      array.resume(this.#line);
      this.#value = array;
    } else if (char === ',') {
      if (fits) this.#found.unexpected(this.#line, 'an element of the array', char);
      this.#last = char;
    } else {
      if (!fits && opens) this.#found.unexpected(this.#line, array.expectsNext, char);
      array.isBroken ||= startsAnew;
      // An object behind a missing comma is an element all the same; what belongs to a key is none.
      const isElement = fits || startsAnew || (char === '{' && this.#last !== ':');
      this.#value = new Value(this.#line, this.#indent, opens ? BRACKETS : WORDS, !isElement);
    }
  }

  #openArray(array: Value, what: 'array' | 'event'): void {
    if (array.isTooLarge) return;
    array.name = `the ${what} that starts at line ${array.line}`;
    this.#arrays.push(array);
    this.#value = undefined;
  }

  #end(value: Value): void {
    this.#value = undefined;
    const { line, text } = value;
    const array = this.#arrays.at(-1);
    if (value.stops === LINE) this.#seek = Infinity;
    if (value.isTooLarge) this.#found.problem(line, TOO_LARGE);
    else if (value.isJunk) this.#found.unexpected(line, array?.expectsNext ?? EXPECTED_INPUT, text);
    else {
      const parsed = parse(text);
      const isInEvent = array !== undefined && array.open.length > 0;
      if ('problem' in parsed) this.#found.problem(line, parsed.problem);
      else if (value.before === 0) interpret(parsed.value, line, this.#found, isInEvent);
    }
  }

  /** Gives a value up, and reads it again from its next line on. */
  #breakOff(value: Value, why: string): void {
    const { line, text } = value;
    if (value.isTooLarge) this.#found.problem(line, TOO_LARGE);
    else if (!value.isBroken) this.#found.problem(line, `${value.name} ${why}; it ends ${ending(text)}`);
    for (const array of this.#arrays.slice(-1)) array.isBroken = true;
    this.#value = undefined;
    this.#isInString = this.#isEscaped = false;
    this.#last = ',';
    this.#seek = value.indent;
    const nextLine = text.indexOf('\n', value.before);
    if (nextLine < 0 || this.#readsAgain) return;
    this.#line = line;
    this.#readsAgain = true;
    this.push(text.subarray(nextLine));
    this.#readsAgain = false;
  }

  /** Why a value is broken when a bracket opens now, if it is. */
  #whyBroken({ open, indent }: Value): string | undefined {
    if (open.length === DEEPEST) return TOO_DEEP;
    if (open.length === 0 || !this.#startsLine(indent)) return undefined;
    const fits = open.at(-1) === '{' ? this.#last === ':' : this.#last === ',' || this.#last === '[';
    return fits && !this.#readsAgain ? undefined : 'is not closed';
  }

  #startsLine(indent: number): boolean {
    return this.#indent >= 0 && this.#indent <= indent;
  }
}

/** The last character of a line that is no blank; empty when there is none. */
function lastOf(bytes: Buffer, from: number, to: number): string {
  let at = to - 1;
  while (at >= from && BLANK[bytes[at] as number] === 1) at--;
  return at < from || bytes[at] === NEWLINE ? '' : (CHARS[bytes[at] as number] as string);
}

import { ending } from './excerpt.ts';
import type { Found } from './found.ts';
import { EXPECTED_INPUT, interpret } from './interpret.ts';
import { parse } from './parse.ts';

/** Bytes of the largest value that is kept; a stream record is at most some two megabytes of JSON. */
const LARGEST = 64 * 2 ** 20;
const TOO_LARGE = 'a value of more than 64 MiB is passed over; no stream record is that large';
/** Levels of brackets in a value. DynamoDB nests attributes 32 deep: some 70 levels in a record. */
const DEEPEST = 500;
const TOO_DEEP = `is nested more than ${DEEPEST} levels deep, and DynamoDB nests 32`;
const STOPS_WORD = /[ \t\r\n,:[\]{}"]/;

/** A list whose elements are read one by one: an event's, or one by itself. */
interface List {
  readonly line: number;
  readonly indent: number;
  readonly event: Value | undefined;
  /** Whether something in it was missed, so that its end may have been too. */
  isBroken: boolean;
}

class Value {
  /** Where it starts; once the records of an event are read, where they end. */
  line: number;
  /** How far its line is indented; 0 when it does not start its line. */
  readonly indent: number;
  /** Whether it is none: what stands where a comma should be, or the rest of a line in which no value begins. */
  readonly isJunk: boolean;
  text = '';
  isTooLarge = false;
  readonly open: string[] = [];
  /** The key of its second bracket. */
  outerKey = '';
  /** The list of its records, and how much text is before that ends. */
  records: List | undefined;
  before = 0;

  constructor(line: number, indent: number, isJunk = false) {
    this.line = line;
    this.indent = Math.max(0, indent);
    this.isJunk = isJunk;
  }

  keep(text: string): void {
    this.text += text;
    this.isTooLarge ||= this.text.length > LARGEST;
    if (this.isTooLarge) this.text = '';
  }

  /** Closes the innermost bracket, or the one around it when that is of the right kind; passes over any other. */
  close(bracket: string): void {
    const unclosed = [this.open.at(-1), this.open.at(-2)].indexOf(bracket === '}' ? '{' : '[');
    if (unclosed >= 0) this.open.length -= unclosed + 1;
  }
}

/**
 * Cuts text, with a character a byte, into values, elements of lists and records of events, by brackets and strings alone.
 *
 * The rule after a fault: where the brackets of a value match, it is one problem, and reading goes on behind it; where
 * a string in it is not closed on its line, or a line starts with a bracket where no value may stand, it is one
 * problem, and reading goes on at its next line that starts with a bracket and is indented no deeper.
 *
 * What was read in vain is read again, every such line as a value of its own. So no byte is read more than three times.
 */
export class Splitter {
  readonly #found: Found;
  #lists: List[] = [];
  #value: Value | undefined;
  #line = 1;
  /** How many blanks stand before the next character on its line; -1 when anything else does. */
  #indent = 0;
  /** The last character that is no blank; of a string, its quote. */
  #last = '';
  /** How the last string starts; empty when more than a colon came behind it. */
  #key = '';
  #isInString = false;
  #isEscaped = false;
  /** While a line that starts with a bracket is looked for: how far it may be indented. */
  #seek: number | undefined;
  #readsAgain = false;

  constructor(found: Found) {
    this.#found = found;
  }

  push(text: string): void {
    let from = 0; // where the text of the value begins
    for (let at = 0; at < text.length; at++) {
      let value = this.#value;
      if (value !== undefined && this.#isInString) {
        at = this.#readString(text, at);
        if (text[at] === '\n') this.#breakOff(value, text.slice(from, (from = at--)));
        else if (text[at] === '"' && value.open.length === 0) this.#end(value, text.slice(from, at + 1));
        continue;
      }
      const char = text[at] as string;
      if (value?.open.length === 0 && (this.#isLine(value) ? char === '\n' : STOPS_WORD.test(char))) {
        this.#end(value, text.slice(from, at));
        value = undefined;
      }
      if (char === '\n') {
        this.#line++;
        this.#indent = 0;
        continue;
      }
      if (char === ' ' || char === '\t' || char === '\r') {
        if (this.#indent >= 0) this.#indent++;
        continue;
      }
      if (value === undefined) {
        from = at;
        value = this.#value = this.#begin(char);
      }
      const opens = char === '{' || char === '[';
      const why = opens ? this.#whyBroken(value) : undefined;
      if (value !== undefined && why !== undefined) {
        this.#breakOff(value, text.slice(from, (from = at--)), why);
        continue;
      }
      this.#indent = -1;
      if (value === undefined || this.#isLine(value)) continue;
      if (opens) {
        const isAtRecords = char === '[' && this.#isAtRecords(value);
        if (value.open.push(char) === 2) value.outerKey = this.#key;
        if (isAtRecords) this.#openList(value, text.slice(from, (from = at + 1)));
      } else if (char === '}' || char === ']') {
        value.close(char);
        if (value.open.length === 0) this.#end(value, text.slice(from, at + 1));
      } else if (char === '"') this.#isInString = true;
      if (char !== ':') this.#key = '';
      this.#last = char;
    }
    this.#value?.keep(text.slice(from));
  }

  /** To be called when nothing more will come. */
  finish(): void {
    while (this.#value !== undefined)
      if (this.#isLine(this.#value)) this.#end(this.#value, '');
      else this.#breakOff(this.#value, '', 'is not closed before the file ends');
    const list = this.#lists.at(-1);
    if (list?.isBroken === false)
      this.#found.problem(this.lastLine, `the file ends in the middle of ${nameOf(list)}`);
  }

  /** The line of the last character. */
  get lastLine(): number {
    return this.#indent === 0 && this.#line > 1 ? this.#line - 1 : this.#line;
  }

  /** Reads on in a string: up to its quote, the end of its line or that of the text. */
  #readString(text: string, from: number): number {
    let at = from;
    for (; at < text.length && text[at] !== '\n'; at++)
      if (this.#isEscaped) this.#isEscaped = false;
      else if (text[at] === '\\') this.#isEscaped = true;
      else if (text[at] === '"') break;
    this.#isInString = text[at] !== '"';
    if (this.#key.length < 8) this.#key += text.slice(from, Math.min(at, from + 8));
    return at;
  }

  /** Takes what stands between values. Returns the value that begins here, or the event whose records end here. */
  #begin(char: string): Value | undefined {
    const opens = char === '{' || char === '[';
    if (this.#seek !== undefined && !(opens && this.#startsLine(this.#seek))) return undefined;
    this.#seek = undefined;
    const list = this.#lists.at(-1);
    const fits = this.#last === ',' || this.#last === '[';
    if (list === undefined) {
      if (char !== '[') return new Value(this.#line, this.#indent, !opens);
      this.#openList();
    } else if (char === ']') {
      if (this.#last === ',') this.#found.problem(this.#line, 'a comma before the end of a list');
      this.#lists.pop();
      this.#last = char;
      if (list.event !== undefined) list.event.line = this.#line;
      if (list.event !== undefined) list.event.before = list.event.text.length;
      return list.event;
    } else if (char === ',' || char === ':' || char === '}') {
      if (char !== ',' || fits)
        this.#found.unexpected(this.#line, fits ? 'an element of the list' : endOf(list), char);
      this.#last = char;
    } else if (!fits && list.isBroken && opens && this.#startsLine(list.indent)) {
      this.#lists = [];
      return this.#begin(char);
    } else {
      const startsAnew = opens && this.#startsLine(list.indent);
      if (!fits && opens) this.#found.unexpected(this.#line, endOf(list), char);
      list.isBroken ||= !fits && startsAnew;
      // An object behind a missing comma is an element all the same; what belongs to a key is none.
      const isElement = fits || startsAnew || (char === '{' && this.#last !== ':');
      return new Value(this.#line, this.#indent, !isElement);
    }
    return undefined;
  }

  #openList(event?: Value, text = ''): void {
    this.#last = '[';
    event?.keep(text);
    if (event?.isTooLarge) return;
    const { line, indent } = event ?? new Value(this.#line, this.#indent);
    const list = { line, indent, event, isBroken: false };
    if (event !== undefined) event.records = list;
    this.#lists.push(list);
    this.#value = undefined;
  }

  #end(value: Value, text: string): void {
    value.keep(text);
    this.#value = undefined;
    const bytes = Buffer.from(value.text, 'latin1');
    const list = this.#lists.at(-1);
    if (value.isJunk && list === undefined) this.#seek = Infinity;
    if (value.isTooLarge) this.#found.problem(value.line, TOO_LARGE);
    else if (value.isJunk)
      this.#found.unexpected(value.line, list === undefined ? EXPECTED_INPUT : endOf(list), bytes);
    else {
      const parsed = parse(bytes);
      if ('problem' in parsed) this.#found.problem(value.line, parsed.problem);
      else if (value.records === undefined) interpret(parsed.value, value.line, this.#found);
    }
  }

  /** Gives a value up, and reads it again from its next line on. */
  #breakOff(value: Value, text: string, why = 'is not closed'): void {
    value.keep(text);
    const name = value.records === undefined ? 'the value that starts here' : nameOf(value.records);
    const end = ending(Buffer.from(value.text, 'latin1'));
    if (value.isTooLarge) this.#found.problem(value.line, TOO_LARGE);
    else if (!value.records?.isBroken) this.#found.problem(value.line, `${name} ${why}; it ends ${end}`);
    const list = this.#lists.at(-1);
    if (list !== undefined) list.isBroken = true;
    this.#value = undefined;
    this.#isInString = this.#isEscaped = false;
    this.#last = ',';
    this.#seek = value.indent;
    const nextLine = value.text.indexOf('\n', value.before);
    if (nextLine < 0 || this.#readsAgain) return;
    this.#line = value.line;
    this.#readsAgain = true;
    this.push(value.text.slice(nextLine));
    this.#readsAgain = false;
  }

  /** Why a value is broken when a bracket comes now, if it is. */
  #whyBroken(value: Value | undefined): string | undefined {
    if (value === undefined || value.open.length === 0) return undefined;
    if (value.open.length === DEEPEST) return TOO_DEEP;
    const fits = value.open.at(-1) === '{' ? this.#last === ':' : this.#last === ',' || this.#last === '[';
    return this.#startsLine(value.indent) && (this.#readsAgain || !fits) ? 'is not closed' : undefined;
  }

  #startsLine(indent: number): boolean {
    return this.#indent >= 0 && this.#indent <= indent;
  }

  /** Whether a value is the rest of a line, in which none begins. */
  #isLine({ isJunk }: Value): boolean {
    return isJunk && this.#lists.length === 0;
  }

  /** Whether a list that begins now is that of an event's records. */
  #isAtRecords({ open, outerKey }: Value): boolean {
    if (this.#last !== ':' || this.#key !== 'Records') return false;
    return open.length === 1 || (open.length === 2 && outerKey === 'payload');
  }
}

function nameOf({ event, line }: List): string {
  return `the ${event === undefined ? 'list' : 'event'} that starts at line ${line}`;
}

function endOf(list: List): string {
  return `a comma or the end of ${nameOf(list)}`;
}

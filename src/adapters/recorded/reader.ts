import { ending, excerpt, EXCERPT_BYTES } from './excerpt.ts';
import { EXPECTED_INPUT, interpret, isEnvelope } from './interpret.ts';
import { parseBytes } from './parse.ts';
import { DEEPEST, Scan } from './scan.ts';
import { BYTE, type Position, Window } from './window.ts';

/** What a recorded file holds, piece by piece. `place` is `FILE:LINE`. */
export type Recorded =
  | { readonly kind: 'record'; readonly record: unknown; readonly place: string }
  | { readonly kind: 'problem'; readonly message: string; readonly place: string };

/** The largest value that is kept; a stream record is at most some two megabytes of JSON. */
const LARGEST = 64 * 2 ** 20;

/** A list whose elements are read one by one. */
interface List {
  readonly start: Position;
  readonly indent: number;
  /** The object that the list is the `Records` of; undefined for a list by itself. */
  readonly event: Scan | undefined;
  /** True when it is opened where the next line of a file would begin. */
  readonly startsAnew: boolean;
  /** What may come next. */
  next: 'first' | 'separator' | 'value';
  /** After something that is no element: then objects alone are taken for elements, until one follows a comma. */
  distrusted: boolean;
  /** Whether what comes next follows a colon, so that it belongs to what is no element. */
  afterColon: boolean;
}

/**
 * Reads a file chunk by chunk: values, elements of lists, and elements of lists of records in events.
 *
 * The rule after a fault: a value whose brackets match is one problem, and reading goes on behind it; one that breaks
 * off is one problem, and reading goes on at the last line in it, or else the first after it, that starts with a
 * bracket and is indented no deeper. So every byte is read three times at the most.
 */
export class Reader {
  readonly #file: string;
  readonly #window = new Window();
  readonly #lists: List[] = [];
  #items: Recorded[] = [];
  #scan: Scan | undefined;
  /** The value is read and passed over: it is no element, or has been reported. */
  #ignored = false;
  /** Looking for the next line that starts with a bracket and is indented no deeper than this. */
  #seeking: number | undefined;
  /** After a value that broke off, commas and closing brackets of what was around it are left over. */
  #leftovers: number | undefined;
  #afterValue = false;
  /** The line at whose end the latest problem stood. */
  #problemLine = 0;
  /** The line of the latest byte that is no blank. */
  #lastLine = 1;

  constructor(file: string) {
    this.#file = file === '-' ? 'standard input' : file;
  }

  /** What can be read now that this chunk is there. */
  push(chunk: Uint8Array): Recorded[] {
    const scan = this.#scan;
    this.#window.push(chunk, scan === undefined || this.#ignored ? this.#window.at : scan.rest.at);
    return this.#run(false);
  }

  /** What remains, now that no chunk will come. */
  finish(): Recorded[] {
    return this.#run(true);
  }

  /** What remains, now that no chunk can come, for this reason; a value that is not whole is lost with what follows. */
  breakOffHere(reason: string): Recorded[] {
    this.problem(endLine(this.#window), reason);
    return this.#items;
  }

  #run(final: boolean): Recorded[] {
    while (this.#scan === undefined ? this.#readBetween(final) : this.#readValue(this.#scan, final));
    const items = this.#items;
    this.#items = [];
    return items;
  }

  problem(line: number, message: string): void {
    this.#items.push({ kind: 'problem', message, place: `${this.#file}:${line}` });
    this.#problemLine = this.#window.line;
  }

  record(line: number, record: unknown): void {
    this.#items.push({ kind: 'record', record, place: `${this.#file}:${line}` });
    this.#problemLine = 0;
  }

  /** What stands between values; false when there is nothing more. */
  #readBetween(final: boolean): boolean {
    const window = this.#window;
    if (this.#seeking !== undefined && !this.#seek(this.#seeking)) return false;
    const byte = window.skipBlanks();
    const list = this.#lists.at(-1);
    if (byte === undefined) {
      if (final && list !== undefined) this.#endInside(list);
      return false;
    }
    if (list === undefined) return this.#readOutside(byte, final);
    const goesOn = this.#readInList(list, byte, final);
    this.#lastLine = window.line;
    return goesOn;
  }

  #readOutside(byte: number, final: boolean): boolean {
    const window = this.#window;
    if (isOpening(byte)) {
      // A value on the line after another, and no comma between them: what was around the broken one is over.
      if (this.#afterValue && window.indent() >= 0) this.#leftovers = undefined;
      if (byte === BYTE.openList) this.#openList(undefined);
      else this.#beginValue();
      return true;
    }
    if (this.#leftovers !== undefined) {
      this.#afterValue = false;
      if (byte === BYTE.comma || isClosing(byte)) window.at++;
      else this.#seeking = this.#leftovers;
      return true;
    }
    if (this.#problemLine !== window.line) {
      const found = this.#restOfLine(final);
      if (found === undefined) return false;
      this.problem(window.line, `expected ${EXPECTED_INPUT}; found ${excerpt(found)}`);
    }
    this.#seeking = Infinity;
    return true;
  }

  #readInList(list: List, byte: number, final: boolean): boolean {
    const window = this.#window;
    const indent = window.indent();
    if (isOpening(byte) && list.next === 'separator' && indent >= 0 && indent <= list.indent) {
      if (!list.distrusted && this.#problemLine !== this.#lastLine)
        this.problem(
          this.#lastLine,
          `${nameOf(list)} is not closed before the next value, at line ${window.line}`,
        );
      this.#lists.length = 0;
      return true;
    }
    if (byte === BYTE.closeList) {
      if (list.next === 'value' && !list.distrusted)
        this.problem(window.line, 'a comma before the end of a list');
      this.#closeList(list);
    } else if (byte === BYTE.comma) {
      if (list.next !== 'separator' && !this.#distrust(list, final)) return false;
      list.next = 'value';
      list.afterColon = false;
      window.at++;
    } else if (list.next === 'separator' && !list.distrusted) {
      // Or an element after a missing comma, which is taken for one.
      return this.#distrust(list, final);
    } else if (byte === BYTE.colon || byte === BYTE.closeObject) {
      if (!this.#distrust(list, final)) return false;
      list.afterColon = byte === BYTE.colon;
      list.next = 'separator';
      window.at++;
    } else {
      this.#ignored = list.distrusted && (byte !== BYTE.openObject || list.afterColon);
      if (!this.#ignored && list.next === 'value') list.distrusted = false;
      this.#beginValue();
      list.afterColon = false;
      list.next = 'separator';
    }
    return true;
  }

  /** Reports what is no element, once; false while its line is not there to be shown. */
  #distrust(list: List, final: boolean): boolean {
    if (list.distrusted) return true;
    const { line } = this.#window;
    if (this.#problemLine !== line) {
      const found = this.#restOfLine(final);
      if (found === undefined) return false;
      const expected =
        list.next === 'separator' ? 'a comma or the end of the list' : 'an element of the list';
      this.problem(line, `expected ${expected}; found ${excerpt(found)}`);
    }
    list.distrusted = true;
    return true;
  }

  #openList(event: Scan | undefined): void {
    const window = this.#window;
    const indent = Math.max(0, window.indent());
    this.#lists.push({
      start: event?.start ?? window.position(),
      indent: event?.indent ?? indent,
      event,
      startsAnew: event !== undefined && window.indent() >= 0 && indent <= event.indent,
      next: 'first',
      distrusted: false,
      afterColon: false,
    });
    this.#lastLine = window.line;
    window.at++;
    event?.pause();
    this.#scan = undefined;
  }

  #closeList({ event }: List): void {
    this.#lists.pop();
    this.#scan = event;
    if (event === undefined) this.#window.at++;
    else event.resume();
    this.#ignored = false;
  }

  #beginValue(): void {
    this.#scan = new Scan(this.#window, !this.#isInEvent && !this.#ignored);
  }

  /** Reads on in a value; false while more bytes are needed. */
  #readValue(scan: Scan, final: boolean): boolean {
    const window = this.#window;
    const stop = scan.run();
    if (!this.#ignored && window.at - scan.rest.at > LARGEST) {
      this.problem(
        scan.start.line,
        'a value of more than 64 MiB is passed over; no stream record is that large',
      );
      this.#ignored = true;
      scan.seeksRecords = false;
    }
    if (stop === 'more') {
      if (final) this.#breakOff(scan, true);
      return final;
    }
    if (stop === 'records') {
      if (!this.#ignored) this.#openList(scan);
    } else if (stop === 'broken') this.#breakOff(scan, false);
    else {
      this.#scan = undefined;
      if (!this.#ignored) this.#endValue(scan);
      this.#ignored = false;
      this.#afterValue = true;
      this.#lastLine = window.line;
    }
    return true;
  }

  #endValue(scan: Scan): void {
    const { start, rest } = scan;
    if (scan.tooDeep) {
      this.problem(start.line, `a value nested more than ${DEEPEST} levels deep; DynamoDB nests 32 levels`);
      return;
    }
    const parsed = parseBytes(scan.before, this.#window.slice(rest.at));
    if ('problem' in parsed) this.problem(rest.line, parsed.problem);
    else if (rest === start) this.#interpret(parsed.value, scan);
  }

  #interpret(value: unknown, { start, startsLine, indent, payloadLine }: Scan): void {
    const list = this.#lists.at(-1);
    // Where the next line of a file would begin, a list that was cut short may be followed by an event or a list.
    const mayBeNext = list !== undefined && (list.startsAnew || (startsLine && indent <= list.indent));
    const items = mayBeNext && Array.isArray(value) ? (value as unknown[]) : [value];
    const lines = { line: start.line, payloadLine };
    for (const item of items)
      if (list?.event === undefined || (mayBeNext && (items === value || isEnvelope(item))))
        interpret(item, lines, this);
      else this.record(start.line, item);
  }

  /** Gives up the value and what is around it. */
  #breakOff(scan: Scan, atEnd: boolean): void {
    const window = this.#window;
    const resumeAt = this.#ignored ? undefined : scan.resumeAt;
    if (!this.#ignored) this.#reportBreak(scan, atEnd && resumeAt === undefined);
    if (resumeAt !== undefined) window.moveTo(resumeAt);
    this.#problemLine = 0;
    this.#scan = undefined;
    this.#ignored = false;
    this.#lists.length = 0;
    this.#seeking = this.#leftovers = scan.indent;
    this.#afterValue = false;
  }

  #reportBreak({ start, rest }: Scan, atEnd: boolean): void {
    const window = this.#window;
    // Of an event, what stands around its records.
    const isEvent = rest !== start;
    if (atEnd) {
      const outside = isEvent ? 'an event' : 'a value';
      const what = this.#isInEvent ? 'a record' : outside;
      this.problem(endLine(window), `the file ends in the middle of ${what} (started at line ${start.line})`);
      return;
    }
    const name = isEvent ? `the event that starts at line ${start.line}` : 'the value that starts here';
    this.problem(rest.line, `${name} is not closed${ending(window.slice(rest.at))}`);
  }

  /** Whether the list that is being read, or one around it, is an event's. */
  get #isInEvent(): boolean {
    return this.#lists.some(({ event }) => event !== undefined);
  }

  #endInside(list: List): void {
    this.#lists.length = 0;
    if (!list.distrusted)
      this.problem(endLine(this.#window), `the file ends in the middle of ${nameOf(list)}`);
  }

  /** Moves to the next line that starts with a bracket and is indented no deeper; false when there is none yet. */
  #seek(indent: number): boolean {
    const window = this.#window;
    for (;;) {
      const byte = window.skipBlanks();
      if (byte === undefined) return false;
      const found = window.indent();
      if (isOpening(byte) && found >= 0 && found <= indent) break;
      const end = window.bytes.indexOf(BYTE.newline, window.at - window.base);
      window.at = window.base + (end < 0 ? window.bytes.length : end);
      if (end < 0) return false;
    }
    this.#seeking = undefined;
    return true;
  }

  /** What is left of the line, as much as can be shown; undefined while it is not there. */
  #restOfLine(final: boolean): Uint8Array | undefined {
    const window = this.#window;
    const rest = window.slice(window.at, window.at + EXCERPT_BYTES);
    const end = rest.indexOf(BYTE.newline);
    if (end >= 0) return rest.subarray(0, end);
    return rest.length === EXCERPT_BYTES || final ? rest : undefined;
  }
}

function nameOf({ event, start }: List): string {
  return `the ${event === undefined ? 'list' : 'event'} that starts at line ${start.line}`;
}

function isOpening(byte: number): boolean {
  return byte === BYTE.openObject || byte === BYTE.openList;
}

function isClosing(byte: number): boolean {
  return byte === BYTE.closeObject || byte === BYTE.closeList;
}

function endLine({ at, line, lineStart }: Window): number {
  return at === lineStart && line > 1 ? line - 1 : line;
}

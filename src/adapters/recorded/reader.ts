import { Between } from './between.ts';
import { Cursor } from './cursor.ts';
import { ending, excerpt } from './excerpt.ts';
import { interpret, isEnvelope } from './interpret.ts';
import { Output, type Recorded } from './output.ts';
import { parseBytes } from './parse.ts';
import { Resync, type Break } from './resync.ts';
import { DEEPEST } from './scan.ts';
import { Surroundings } from './surroundings.ts';
import { Value } from './value.ts';

/** The largest value that is kept; a stream record is at most some two megabytes of JSON. */
const LARGEST = 64 * 2 ** 20;

/** The largest broken value that is searched for others that start in it; larger ones are passed over. */
const RESCANNED = 2 ** 20;

/**
 * Reads a file chunk by chunk. In turn it reads what stands between values, then a value to its end; after something
 * that cannot be read it looks for a place to go on at.
 */
export class Reader {
  private readonly cursor = new Cursor();
  private readonly out: Output;
  private readonly resync: Resync;
  private readonly around: Surroundings;
  private readonly between: Between;
  /** Two are enough: one for an event, one for the record in it. */
  private readonly values: readonly [Value, Value];
  private value: Value;
  private mode: 'between' | 'value' | 'resync' = 'between';

  constructor(file: string) {
    this.out = new Output(file);
    this.resync = new Resync(this.cursor, this.out);
    this.around = new Surroundings(this.cursor, this.out);
    this.between = new Between(this.cursor, this.around);
    this.values = [new Value(this.cursor), new Value(this.cursor)];
    this.value = this.values[0];
  }

  /** What can be read now that this chunk is there. */
  push(chunk: Uint8Array): Recorded[] {
    const { cursor, value } = this;
    cursor.push(chunk, this.mode === 'value' && !value.dropped ? value.from.at : cursor.at);
    this.run(false);
    return this.out.take();
  }

  /** What remains, now that no chunk will come. */
  finish(): Recorded[] {
    this.run(true);
    return this.out.take();
  }

  /** What remains, now that no chunk can come, for this reason; a value that is not whole is lost with what follows. */
  breakOffHere(reason: string): Recorded[] {
    this.out.problem(this.cursor.endLine, reason);
    return this.out.take();
  }

  private run(final: boolean): void {
    let going = true;
    while (going) {
      if (this.mode === 'value') going = this.readValue(final);
      else if (this.mode === 'between') going = this.readBetween(final);
      else {
        going = this.resync.seek(final);
        if (going) this.mode = 'between';
      }
    }
  }

  private readBetween(final: boolean): boolean {
    const next = this.between.read(final);
    switch (next.does) {
      case 'wait':
        return false;
      case 'value':
        this.value.begin(this.around.list !== undefined, next.opensRecords);
        if (!next.wanted) this.value.ignore();
        this.mode = 'value';
        break;
      case 'resume':
        this.value = next.event;
        this.value.resume();
        if (!next.wanted) this.value.ignore();
        this.mode = 'value';
        break;
      case 'resync':
        this.around.giveUp();
        this.beginResync(next.indent, next.found);
    }
    return true;
  }

  private readValue(final: boolean): boolean {
    const { cursor, value } = this;
    const stop = value.read();
    if (!value.dropped && cursor.at - value.from.at > LARGEST) {
      this.report('a value of more than 64 MiB is passed over; no stream record is that large');
      value.drop();
    }
    switch (stop) {
      case 'more':
        if (final) this.breakAtEnd();
        return final;
      case 'end':
        this.endValue();
        break;
      case 'records':
        this.openRecords();
        break;
      case 'misplaced':
        this.breakOff(`${value.name} is not closed${ending(value.wanted())}`);
        break;
      case 'open-string':
        this.breakOff(
          `a string is not closed at the end of line ${cursor.line}: ${excerpt(value.latestString())}`,
        );
        break;
      case 'foreign-bracket':
        this.report(`${value.name} is not closed before its list is`);
        this.mode = 'between';
        this.around.afterValue(true);
        // Or the bracket is one too many, and the list goes on behind it.
        this.around.orphaned = true;
    }
    return true;
  }

  private openRecords(): void {
    const { around, value } = this;
    // It is now read like any other part of the value.
    if (value.dropped) return;
    if (around.list?.event !== undefined) around.abandon(value.line);
    const head = parseBytes(value.wanted(), value.lead, value.rest);
    if ('problem' in head) this.report(head.problem);
    around.openRecords(value);
    this.value = this.values[value === this.values[0] ? 1 : 0];
    this.mode = 'between';
  }

  private endValue(): void {
    const { around, out, value } = this;
    const before = out.problems;
    if (value.scan.tooDeep) {
      this.report(`a value nested more than ${DEEPEST} levels deep; DynamoDB nests 32 levels`);
    } else if (!value.unwanted) {
      const parsed = parseBytes(value.wanted(), value.lead);
      if ('problem' in parsed) this.report(parsed.problem);
      else if (value.lead === '') this.interpret(parsed.value);
    }
    this.mode = 'between';
    around.afterValue(out.problems > before);
  }

  private interpret(parsed: unknown): void {
    const { around, out, value } = this;
    if (around.list?.event !== undefined) {
      if (!value.scan.opensRecords || !isEnvelope(parsed)) {
        out.record(value.line, parsed);
        return;
      }
      around.abandon(value.line);
    }
    interpret(parsed, value.scan, out);
  }

  private breakAtEnd(): void {
    const { around, cursor, value } = this;
    const inside = value.lead !== '' ? 'an event' : around.list?.event === undefined ? 'a value' : 'a record';
    const message = `the file ends in the middle of ${inside} (started at line ${value.line})`;
    this.breakOff(`${value.name} is not closed`, { line: cursor.endLine, message });
  }

  /** Gives up the value and the lists around it, to go on with the next one that starts a line. */
  private breakOff(message: string, atEnd?: Break['atEnd']): void {
    const { around, cursor, value } = this;
    if (!value.dropped && cursor.at - value.from.at <= RESCANNED) cursor.moveTo(value.restart);
    else if (cursor.indent() >= 0) cursor.at = cursor.lineStart;
    around.giveUp();
    const found = { line: value.from.line, message, atEnd };
    this.beginResync(value.scan.indent, value.unwanted ? undefined : found);
  }

  /** Says what is wrong with the value. */
  private report(message: string): void {
    if (!this.value.unwanted) this.out.problem(this.value.from.line, message);
  }

  private beginResync(indent: number, found?: Break): void {
    this.resync.begin(indent, found);
    this.mode = 'resync';
  }
}

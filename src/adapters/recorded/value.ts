/** Bytes of the largest value that is kept; a stream record is at most some two megabytes of JSON. */
const LARGEST = 64 * 2 ** 20;
/** Bytes before a bracket in which its key is looked for. One that is further away is found once its value is parsed. */
const KEY = 64;

/** A value that is being read, or an array (of an event or by itself) whose elements are. */
export class Value {
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
  /** Whether an element of the array was missed, so that its end may have been too. */
  isBroken = false;
  /** Of an event whose records are read: how many bytes are before their end. */
  before = 0;
  #size = 0;
  #pieces: Buffer[] = [];
  #isInPayload = false;

  constructor(line: number, indent: number, stops: Uint8Array, isJunk = false) {
    this.line = line;
    this.indent = Math.max(0, indent);
    this.stops = stops;
    this.isJunk = isJunk;
  }

  keep(bytes: Buffer): void {
    this.#size += bytes.length;
    if (this.isTooLarge) this.#pieces = [];
    else this.#pieces.push(bytes);
  }

  get isTooLarge(): boolean {
    return this.#size > LARGEST;
  }

  get text(): Buffer {
    if (this.#pieces.length !== 1) this.#pieces = [Buffer.concat(this.#pieces)];
    return this.#pieces[0] as Buffer;
  }

  /** For an array: what should come after an element, for messages. */
  get expectsNext(): string {
    return `a comma or the end of ${this.name}`;
  }

  /** Opens a bracket, before which are the bytes between `from` and `at`; whether it is that of an event's records. */
  opensRecords(bracket: string, bytes: Buffer, from: number, at: number): boolean {
    const depth = this.open.push(bracket) - 1;
    if (depth !== 1 && !(depth === 2 && this.#isInPayload)) return false;
    const pieces = [...this.#pieces.slice(-KEY), bytes.subarray(from, at)];
    const before = Buffer.concat(pieces.map((piece) => piece.subarray(-KEY))).toString('latin1');
    if (depth === 1) this.#isInPayload = /[{,]\s*"payload"\s*:\s*$/.test(before);
    return bracket === '[' && /[{,]\s*"Records"\s*:\s*$/.test(before);
  }

  /** Goes on at the end of its records. */
  resume(line: number): void {
    this.line = line;
    this.before = this.#size;
  }

  /** Closes the innermost bracket, or the one around it when only that is of this kind; whether it was the last one. */
  closes(bracket: string): boolean {
    const opening = bracket === '}' ? '{' : '[';
    if (this.open.at(-1) === opening) this.open.pop();
    else if (this.open.at(-2) === opening) this.open.length -= 2;
    return this.open.length === 0;
  }
}

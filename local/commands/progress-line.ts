/** Says what is going on: on a terminal one line that changes, elsewhere one line for each thing that begins. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream;
  #doing = '';
  #shownAt = 0;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    // However the process ends, the terminal's next line is its own.
    process.once('exit', () => this.clear());
  }

  show(doing: string, done = 0): void {
    const begins = doing !== this.#doing;
    if (!this.#stream.isTTY) {
      if (begins) this.#stream.write(`${doing}\n`);
    } else if (begins || performance.now() - this.#shownAt > 100) {
      this.#shownAt = performance.now();
      this.#stream.write(`\r\x1b[K${doing}${done > 0 ? ` | ${done}` : ''}`);
    }
    this.#doing = doing;
  }

  /** Takes the changing line away. */
  clear(): void {
    if (this.#stream.isTTY) this.#stream.write('\r\x1b[K');
    this.#doing = '';
  }
}

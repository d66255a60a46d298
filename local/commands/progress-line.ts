/** Shows progress: on a terminal in one line that changes, elsewhere in a line for each step that begins. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream;
  #doing = '';
  #shownAt = 0;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    // Leaves a clean line, however the process ends.
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

  /** Removes the changing line. */
  clear(): void {
    if (this.#stream.isTTY) this.#stream.write('\r\x1b[K');
    this.#doing = '';
  }
}

import { Writable } from 'node:stream';
import { SingleBar } from 'cli-progress';

/** How often it is brought up to date, in milliseconds. */
export const EVERY = 500;

/** What the line says, by the names in its format. */
type Figures = Readonly<Record<string, string>>;

/** A line on a terminal that says how far a process is, and nothing anywhere else. Log lines go above it. */
export class StatusLine {
  readonly #stream: NodeJS.WriteStream;
  /** Lines of the log. */
  readonly log = new Writable({
    write: (line: Buffer, _encoding, done) => {
      this.#stream.write(this.#bar === undefined ? line : `\r\u001b[K${line.toString()}`);
      done();
    },
  });
  #bar: SingleBar | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  /** @param format of cli-progress: `{name}` is a figure's. */
  start(format: string, figures: () => Figures): void {
    if (!this.#stream.isTTY) return;
    this.#bar = new SingleBar({
      format,
      stream: this.#stream,
      hideCursor: true,
      clearOnComplete: true,
      forceRedraw: true,
      // However the process ends, not for some signals alone.
      gracefulExit: false,
    });
    process.once('exit', this.#leave);
    this.#bar.start(1, 0, figures());
    this.#timer = setInterval(() => this.#bar?.update(figures()), EVERY).unref();
  }

  /** Leaves the terminal as it was. May be called again. */
  stop(): void {
    clearInterval(this.#timer);
    this.#leave();
    this.#bar = undefined;
    process.off('exit', this.#leave);
  }

  readonly #leave = () => this.#bar?.stop();
}

import { SingleBar } from 'cli-progress';

/** What is over before shows no bar, in milliseconds. */
const SOON = 500;

/** A progress bar on a terminal for what takes long, and nothing anywhere else. */
export class Progress {
  readonly #stream: NodeJS.WriteStream;
  #bar: SingleBar | undefined;
  #step = '';
  readonly #started = performance.now();

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  /** A step that has begun ends the one before. */
  update(step: string, done: number, of: number): void {
    if (!this.#stream.isTTY || performance.now() - this.#started < SOON) return;
    if (this.#bar === undefined || this.#step !== step) this.#start(step, of);
    this.#bar?.update(done);
  }

  #start(step: string, of: number): void {
    this.stop();
    this.#step = step;
    this.#bar = new SingleBar({
      format: `${step} {bar} {percentage}%`,
      stream: this.#stream,
      hideCursor: true,
      clearOnComplete: true,
      // However the process ends, not for some signals alone.
      gracefulExit: false,
    });
    process.once('exit', this.#leave);
    this.#bar.start(of, 0);
  }

  /** Leaves the terminal as it was. May be called again. */
  stop(): void {
    this.#leave();
    this.#bar = undefined;
    process.off('exit', this.#leave);
  }

  readonly #leave = () => this.#bar?.stop();
}

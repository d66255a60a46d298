import { SingleBar } from 'cli-progress';

/** How far reading has come, on a terminal, and nothing anywhere else. */
export class ReadingProgress {
  readonly #bar: SingleBar | undefined;

  /** @param total of what `update` counts; undefined where nobody knows. */
  constructor(stream: NodeJS.WriteStream, total: number | undefined) {
    if (!stream.isTTY) return;
    const format = total === undefined ? 'reading: {rows} rows' : 'reading {bar} {percentage}% | {rows} rows';
    this.#bar = new SingleBar({
      format,
      stream,
      hideCursor: true,
      clearOnComplete: true,
      gracefulExit: false,
    });
    process.once('exit', this.#leave);
    this.#bar.start(total ?? 1, 0, { rows: 0 });
  }

  update(done: number, rows: number): void {
    this.#bar?.update(done, { rows });
  }

  /** Leaves the terminal as it was. May be called again. */
  stop(): void {
    this.#leave();
    process.off('exit', this.#leave);
  }

  readonly #leave = () => this.#bar?.stop();
}

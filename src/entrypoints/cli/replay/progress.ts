import { SingleBar } from 'cli-progress';

/** A progress bar on a terminal, and nothing anywhere else. */
export class Progress {
  readonly #bar: SingleBar | undefined;
  readonly #totalBytes: number | undefined;

  /** @param totalBytes of all inputs; undefined when one has no known size. */
  constructor(stream: NodeJS.WriteStream, totalBytes: number | undefined, shown: boolean) {
    this.#totalBytes = totalBytes;
    if (!shown || !stream.isTTY) return;
    const format =
      totalBytes === undefined
        ? 'replaying {read} MB | {records} records | {duration_formatted}'
        : 'replaying {bar} {percentage}% | {read} of {size} MB | {records} records | {eta_formatted} left';
    this.#bar = new SingleBar({
      format,
      stream,
      hideCursor: true,
      clearOnComplete: true,
      etaBuffer: 50,
      // However the process ends, not for some signals alone.
      gracefulExit: false,
    });
    process.once('exit', this.#leave);
    this.#bar.start(totalBytes ?? 1, 0, { read: 0, size: megabytes(totalBytes ?? 0), records: 0 });
  }

  update(bytes: number, records: number): void {
    const payload = { read: megabytes(bytes), size: megabytes(this.#totalBytes ?? 0), records };
    this.#bar?.update(this.#totalBytes === undefined ? 0 : bytes, payload);
  }

  /** Leaves the terminal as it was. May be called again. */
  stop(): void {
    this.#leave();
    process.off('exit', this.#leave);
  }

  readonly #leave = () => this.#bar?.stop();
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

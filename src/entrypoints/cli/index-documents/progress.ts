import { Writable } from 'node:stream';
import { SingleBar } from 'cli-progress';
import type { IndexProgress } from '../../../application/index-progress.ts';

/** How often it is brought up to date, in milliseconds. */
const EVERY = 500;

/** A line on a terminal that says how far an indexer is, and nothing anywhere else. Log lines go above it. */
export class Progress {
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

  start(progress: () => IndexProgress): void {
    if (!this.#stream.isTTY) return;
    this.#bar = new SingleBar({
      format: 'indexing {done} done | {rate}/s | {lag}{held} held{down} | {duration_formatted}',
      stream: this.#stream,
      hideCursor: true,
      clearOnComplete: true,
      forceRedraw: true,
      // However the process ends, not for some signals alone.
      gracefulExit: false,
    });
    process.once('exit', this.#leave);
    this.#bar.start(1, 0, figures(progress()));
    this.#timer = setInterval(() => this.#bar?.update(figures(progress())), EVERY).unref();
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

function figures(progress: IndexProgress) {
  const { written, deleted, repaired, superseded, late, oldestAgeMs, perSecond, held, isDown } = progress;
  return {
    done: (written + deleted + repaired + superseded + late).toLocaleString('en'),
    rate: Math.round(perSecond).toLocaleString('en'),
    lag: oldestAgeMs === undefined ? '' : `${(oldestAgeMs / 1_000).toFixed(1)} s behind | `,
    held: held.toLocaleString('en'),
    down: isDown ? ' | waiting for the search engine' : '',
  };
}

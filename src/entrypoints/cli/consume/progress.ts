import { Writable } from 'node:stream';
import { SingleBar } from 'cli-progress';
import type { ReaderStatus } from '../../../application/read-stream/reader-status.ts';

/** How often it is drawn anew, in milliseconds. */
const EVERY = 500;

/** On a terminal, a line that says how far the reader is, and nothing anywhere else. Log lines go above it. */
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
  #handledBefore = 0;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  start(status: () => ReaderStatus): void {
    if (!this.#stream.isTTY) return;
    this.#bar = new SingleBar({
      format:
        'consuming {handled} handled | {rate}/s | {lag} | {shards} of {open} shards{blocked}{gaps} | {duration_formatted}',
      stream: this.#stream,
      hideCursor: true,
      clearOnComplete: true,
      forceRedraw: true,
      // However the process ends, not for some signals alone.
      gracefulExit: false,
    });
    process.once('exit', this.#leave);
    this.#bar.start(1, 0, this.#figures(status()));
    this.#timer = setInterval(() => this.#bar?.update(this.#figures(status())), EVERY).unref();
  }

  /** Leaves the terminal as it was. May be called again. */
  stop(): void {
    clearInterval(this.#timer);
    this.#leave();
    this.#bar = undefined;
    process.off('exit', this.#leave);
  }

  readonly #leave = () => this.#bar?.stop();

  #figures({ handled, lagMs, shards, open, gaps }: ReaderStatus) {
    const perSecond = ((handled - this.#handledBefore) * 1_000) / EVERY;
    this.#handledBefore = handled;
    const blocked = shards.reduce((sum, { blockedItems }) => sum + blockedItems, 0);
    return {
      handled: handled.toLocaleString('en'),
      rate: Math.round(perSecond).toLocaleString('en'),
      lag: lagMs === undefined ? 'lag unknown' : `${(lagMs / 1_000).toFixed(1)} s behind`,
      shards: shards.length.toLocaleString('en'),
      open: open.toLocaleString('en'),
      blocked: blocked === 0 ? '' : ` | ${blocked.toLocaleString('en')} items blocked`,
      gaps: gaps.length === 0 ? '' : ` | ${gaps.length.toLocaleString('en')} gaps`,
    };
  }
}

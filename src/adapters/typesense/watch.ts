/** The time that a request has, and the signal of whoever asked for it: what comes first ends it. */
export class Watch {
  readonly #controller = new AbortController();
  readonly #milliseconds: number;
  readonly #outer: AbortSignal | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;
  readonly #abort = () => this.#controller.abort();

  constructor(milliseconds: number, outer: AbortSignal | undefined) {
    this.#milliseconds = milliseconds;
    this.#outer = outer;
    // Not AbortSignal.any: what it made of a signal that lives long would stay until that ends.
    if (outer?.aborted === true) this.#abort();
    outer?.addEventListener('abort', this.#abort);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  pause(): void {
    clearTimeout(this.#timer);
  }

  restart(): void {
    this.pause();
    this.#timer = setTimeout(() => {
      this.#isOver = true;
      this.#abort();
    }, this.#milliseconds);
  }

  /** Ends what is left of the request, too. */
  end(): void {
    this.pause();
    this.#outer?.removeEventListener('abort', this.#abort);
    this.#abort();
  }
}

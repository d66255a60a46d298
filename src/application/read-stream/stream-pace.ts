/** When a shard is asked for records next: at once while there are some, within the rate that is allowed; later and later while not. */
export class StreamPace {
  readonly #spacingMs: number;
  readonly #idleMs: number;
  #pauseMs = 0;
  /** When the last request would have gone out had all kept their distance: some may be early, after others were late. */
  #slot = -Infinity;
  #notBefore = -Infinity;

  constructor({ pagesPerSecond, idleMs }: { readonly pagesPerSecond: number; readonly idleMs: number }) {
    this.#spacingMs = 1_000 / pagesPerSecond;
    this.#idleMs = Math.max(idleMs, this.#spacingMs);
  }

  /** When the next request may go out, by the same time as those that are noted. */
  get dueAt(): number {
    return Math.max(this.#slot + this.#spacingMs, this.#notBefore);
  }

  /** A request goes out. */
  asked(now: number): void {
    // Of what it left unused it gets back a second's requests at most.
    this.#slot = Math.max(this.#slot + this.#spacingMs, now - 1_000 + this.#spacingMs);
  }

  /** What it brought. */
  got(records: number, now: number): void {
    this.#pauseMs = records > 0 ? 0 : Math.min(this.#idleMs, Math.max(100, this.#pauseMs * 2));
    this.#notBefore = now + this.#pauseMs;
  }

  /** What failed is not asked for again before. */
  failed(now: number, pauseMs: number): void {
    this.#notBefore = now + pauseMs;
  }
}

/** Collects what nobody caught while something runs. */
export class StrayErrors {
  readonly #found: unknown[] = [];
  readonly #note = (error: unknown) => void this.#found.push(error);

  constructor() {
    process.on('unhandledRejection', this.#note);
    process.on('uncaughtException', this.#note);
  }

  /** What came up so far; a rejection shows once the event loop has turned. */
  async found(): Promise<readonly unknown[]> {
    await new Promise((resolve) => setImmediate(resolve));
    return this.#found;
  }

  stop(): void {
    process.off('unhandledRejection', this.#note);
    process.off('uncaughtException', this.#note);
  }
}

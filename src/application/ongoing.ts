/** Work that nobody waits for at once, and that must end before the process may. */
export class Ongoing {
  readonly #work = new Set<Promise<void>>();

  begin(work: Promise<void>): void {
    const ends = work.finally(() => this.#work.delete(ends));
    this.#work.add(ends);
  }

  /** Resolves once all has ended, also what was begun meanwhile. */
  async ended(): Promise<void> {
    while (this.#work.size > 0) await Promise.all(this.#work);
  }
}

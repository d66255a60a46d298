/** Work that goes on beside what comes next: one piece at a time, in order. */
export class Beside {
  #underWay: Promise<unknown> = Promise.resolve();

  /** Resolves once it has begun, after the piece before. @throws what that one threw: then nothing more is begun. */
  async begin(work: () => unknown): Promise<void> {
    await this.#underWay;
    const underWay = (async () => work())();
    // Whoever comes next is told.
    underWay.catch(() => undefined);
    this.#underWay = underWay;
  }

  /** Resolves once all has ended. @throws what the last piece threw. */
  async ended(): Promise<void> {
    await this.#underWay;
  }
}

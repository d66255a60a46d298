/** How often what happened in a world, to see that a run was worth something. */
export class Counts {
  readonly #counts = new Map<string, number>();

  add(what: string, times = 1): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + times);
  }

  get all(): ReadonlyMap<string, number> {
    return this.#counts;
  }
}

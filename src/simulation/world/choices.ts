/**
 * Everything that a run does beside its bare course (operations, faults, events) is a choice with a name. A run
 * can be repeated with some of its choices only: that is how a failing one is made small.
 */
export class Choices {
  readonly #only: ReadonlySet<string> | undefined;
  readonly #taken: string[] = [];

  /** @param only the choices that may be taken; undefined for all. */
  constructor(only?: ReadonlySet<string>) {
    this.#only = only;
  }

  /** Whether to do what the name stands for; noted if so. */
  take(name: string): boolean {
    if (this.#only !== undefined && !this.#only.has(name)) return false;
    this.#taken.push(name);
    return true;
  }

  get taken(): readonly string[] {
    return this.#taken;
  }
}

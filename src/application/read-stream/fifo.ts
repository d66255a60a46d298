/** Values in the order in which they came. Taking the first ones costs nothing for those that are left. */
export class Fifo<T> {
  #values: T[];
  /** How many of `#values` are taken. */
  #taken = 0;

  constructor(values: readonly T[] = []) {
    this.#values = [...values];
  }

  get length(): number {
    return this.#values.length - this.#taken;
  }

  get first(): T | undefined {
    return this.#values[this.#taken];
  }

  push(value: T): void {
    this.#values.push(value);
  }

  /** Takes the first ones, at most so many. */
  take(most: number): readonly T[] {
    const taken = this.#values.slice(this.#taken, this.#taken + most);
    this.#taken += taken.length;
    // Now and then, as it takes as long as there are values left.
    if (this.#taken * 2 >= this.#values.length) {
      this.#values = this.#values.slice(this.#taken);
      this.#taken = 0;
    }
    return taken;
  }

  /** Takes all of which that is so. */
  takeIf(isSo: (value: T) => boolean): readonly T[] {
    const [taken, left]: [T[], T[]] = [[], []];
    for (const value of this.take(Infinity)) (isSo(value) ? taken : left).push(value);
    this.#values = left;
    return taken;
  }
}

/** Images of one row that are kept: how it changed says which attributes may be missing. */
const MOST_OF_ONE = 8;

/**
 * A sample of rows by digests of their keys: those with the lowest. So it does not depend on order, takes each row with
 * the same chance however often it comes, and needs memory for twice its size.
 */
export class KeySample<Item> {
  readonly #most: number;
  #kept = new Map<string, Item[]>();
  /** What is not below it is not taken any more. */
  #bound: string | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  add(digest: string, item: Item): void {
    if (this.#bound !== undefined && digest >= this.#bound) return;
    const known = this.#kept.get(digest);
    if (known === undefined) this.#kept.set(digest, [item]);
    else if (known.length < MOST_OF_ONE) known.push(item);
    else known[MOST_OF_ONE - 1] = item;
    if (this.#kept.size >= 2 * this.#most + 1) this.#prune();
  }

  items(): Item[] {
    this.#prune();
    return [...this.#kept.values()].flat();
  }

  #prune(): void {
    const sorted = [...this.#kept].toSorted(([a], [b]) => (a < b ? -1 : 1));
    const dropped = sorted[this.#most];
    if (dropped === undefined) return;
    this.#bound = dropped[0];
    // In the order in which they came.
    this.#kept = new Map([...this.#kept].filter(([digest]) => digest < dropped[0]));
  }
}

import type { Random } from '../../random/random.ts';

/** Things to pick from at random. Adding, picking and removing take the same time however many there are. */
export class Pool<T> {
  readonly #items: T[] = [];
  readonly #places = new Map<T, number>();

  get size(): number {
    return this.#items.length;
  }

  add(item: T): void {
    if (this.#places.has(item)) return;
    this.#places.set(item, this.#items.length);
    this.#items.push(item);
  }

  /** False when it was not there. */
  delete(item: T): boolean {
    const place = this.#places.get(item);
    if (place === undefined) return false;
    const last = this.#items.pop() as T;
    this.#places.delete(item);
    if (last !== item) {
      this.#items[place] = last;
      this.#places.set(last, place);
    }
    return true;
  }

  pick(random: Random): T | undefined {
    return this.#items.length === 0 ? undefined : random.pick(this.#items);
  }

  /** A few tries to find one that fits: enough where many do, and no search through all where few do. */
  find(random: Random, fits: (item: T) => boolean): T | undefined {
    for (let tries = 0; tries < 12; tries++) {
      const item = this.pick(random);
      if (item !== undefined && fits(item)) return item;
    }
    return undefined;
  }
}

import type { Version } from '../../domain/version.ts';

/** How many removed things each store remembers. */
const REMEMBERED = 50_000;

/**
 * The versions at which things were removed, or more than that, so that a late record of one is known to be late. Remembers
 * the most recently removed ones only: memory must not grow with everything that ever was.
 */
export class Tombstones<T = Version> {
  readonly #versions = new Map<string, T>();
  readonly #limit: number;

  constructor(limit = REMEMBERED) {
    this.#limit = limit;
  }

  get(key: string): T | undefined {
    return this.#versions.get(key);
  }

  add(key: string, version: T): void {
    // Taken out first, so that it goes to the end: a Map keeps the order in which keys came.
    this.#versions.delete(key);
    this.#versions.set(key, version);
    if (this.#versions.size <= this.#limit) return;
    for (const oldest of this.#versions.keys()) {
      this.#versions.delete(oldest);
      return;
    }
  }

  delete(key: string): void {
    this.#versions.delete(key);
  }
}

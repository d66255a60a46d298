import type { Version } from '../../domain/version.ts';
import { Tombstones } from './tombstones.ts';

interface State {
  readonly version: Version;
  readonly removed: boolean;
}

/** What was last derived from rows, in memory. Of those removed last only the version is remembered. */
export class MemoryStates<S extends State> {
  readonly #states = new Map<string, S>();
  readonly #removed = new Tombstones();
  /** The state of a removed row, from which nothing is derived any more. */
  readonly #gone: (version: Version) => S;

  constructor(gone: (version: Version) => S) {
    this.#gone = gone;
  }

  get(key: string): S | undefined {
    const version = this.#removed.get(key);
    return version === undefined ? this.#states.get(key) : this.#gone(version);
  }

  /** The keys of states of rows that are there. */
  keys(): Iterable<string> {
    return this.#states.keys();
  }

  set(key: string, state: S): void {
    if (state.removed) {
      this.#states.delete(key);
      this.#removed.add(key, state.version);
    } else {
      this.#states.set(key, state);
      this.#removed.delete(key);
    }
  }
}

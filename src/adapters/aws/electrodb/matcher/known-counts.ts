import type { TupleDelta } from '../../../../domain/link-move.ts';
import { type Tuple, tupleKey } from '../../../../domain/tuple.ts';

/** Counts as read from the table, and as own transactions have moved them since. */
export class KnownCounts {
  readonly #counts = new Map<string, number>();

  /** The count of a tuple; 0 for one that has no row, or was never read. */
  of(tuple: Tuple): number {
    return this.#counts.get(tupleKey(tuple)) ?? 0;
  }

  set(tuple: Tuple, count: number): void {
    this.#counts.set(tupleKey(tuple), count);
  }

  add(deltas: readonly TupleDelta[]): void {
    for (const { tuple, delta } of deltas) this.set(tuple, this.of(tuple) + delta);
  }

  /** The first delta that takes more than there is. */
  shortage(deltas: readonly TupleDelta[]): TupleDelta | undefined {
    return deltas.find(({ tuple, delta }) => delta < 0 && this.of(tuple) + delta < 0);
  }
}

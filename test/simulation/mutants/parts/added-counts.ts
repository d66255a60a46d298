import { netDeltas, type LinkMove } from '../../../../src/domain/link-move.ts';
import { type Tuple, tupleKey } from '../../../../src/domain/tuple.ts';

/**
 * Counts that are only ever added to, and that know nothing of the links that they count. One that is below zero for
 * the moment, as what makes up for it is still to come, is not shown.
 */
export class AddedCounts {
  readonly #counts = new Map<string, { readonly tuple: Tuple; readonly count: number }>();

  move(move: LinkMove): void {
    for (const { tuple, delta } of netDeltas([move])) {
      const key = tupleKey(tuple);
      const count = (this.#counts.get(key)?.count ?? 0) + delta;
      if (count === 0) this.#counts.delete(key);
      else this.#counts.set(key, { tuple, count });
    }
  }

  *all(): Generator<{ readonly tuple: Tuple; readonly count: number }> {
    for (const entry of this.#counts.values()) if (entry.count > 0) yield entry;
  }
}

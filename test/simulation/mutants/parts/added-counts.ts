import type { CountFound } from '../../../../src/application/ports/derived-state.ts';
import { type CountMove, netDeltas } from '../../../../src/domain/count-move.ts';
import { itemKey } from '../../../../src/domain/row.ts';

/**
 * Counts that are only ever added to, and that know nothing of the rows that they count. One that is below zero for
 * the moment, as what makes up for it is still to come, is not shown.
 */
export class AddedCounts {
  readonly #counts = new Map<string, CountFound>();

  move(move: CountMove): void {
    const { model } = move.source;
    for (const { tuple, at, amount } of netDeltas([move])) {
      const key = itemKey(at);
      const count = this.#counts.get(key)?.count.plus(amount) ?? amount;
      if (count.isZero()) this.#counts.delete(key);
      else this.#counts.set(key, { model, tuple, count });
    }
  }

  *all(): Generator<CountFound> {
    for (const entry of this.#counts.values()) if (Number(entry.count.text) > 0) yield entry;
  }
}

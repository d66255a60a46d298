import { countKey, type Tuple } from '../../domain/count.ts';
import { type CountMove, netDeltas } from '../../domain/count-move.ts';
import { type ItemKey, itemKey } from '../../domain/row.ts';
import type { TableModel } from '../../domain/table-model.ts';

interface CountRow {
  readonly derivation: string;
  readonly tuple: Tuple;
  readonly at: ItemKey;
  /** How many rows are counted in it. */
  readonly rows: number;
}

/** The rows of the table that counts stand in, as moves make them: a store in memory has counts only. */
export class CountRows {
  readonly #rows = new Map<string, CountRow>();

  move(move: CountMove): void {
    const derivation = move.source.model.name;
    for (const { tuple, at, rows } of netDeltas([move])) {
      const key = `${derivation} ${itemKey(at)}`;
      const sum = (this.#rows.get(key)?.rows ?? 0) + rows;
      this.#rows.set(key, { derivation, tuple, at, rows: sum });
    }
  }

  /** Those that something is counted in, although the definition has it counted elsewhere. */
  *misplaced({ counts }: TableModel): Generator<CountRow> {
    for (const row of this.#rows.values()) {
      const model = counts.find(({ name }) => name === row.derivation);
      const isInPlace = model !== undefined && itemKey(countKey(model, row.tuple)) === itemKey(row.at);
      if (row.rows !== 0 && !isInPlace) yield row;
    }
  }
}

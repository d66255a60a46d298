import { countKey } from '../../domain/count.ts';
import { type CountMove, netDeltas } from '../../domain/count-move.ts';
import { Decimal } from '../../domain/decimal.ts';
import { type ItemKey, itemKey } from '../../domain/row.ts';
import { type Count, storedCount } from '../../domain/stored-rows.ts';
import type { KeySchema, TableModel } from '../../domain/table-model.ts';
import { type Attributes, DecodedAttributes } from '../../domain/value.ts';
import type { TableWrite } from './table-write.ts';

interface CountRow extends Count {
  readonly at: ItemKey;
}

const NOTHING = Decimal.parse('0') as Decimal;

/** The rows of the table that counts stand in, as moves make them: a store in memory has counts only. */
export class CountRows {
  readonly #keys: KeySchema;
  readonly #rows = new Map<string, CountRow>();

  constructor(keys: KeySchema) {
    this.#keys = keys;
  }

  move(move: CountMove): readonly TableWrite[] {
    const { model } = move.source;
    return netDeltas([move]).map(({ tuple, at, amount, rows }) => {
      const key = `${model.name} ${itemKey(at)}`;
      const before = this.#rows.get(key);
      const after = {
        ...{ model, tuple, at },
        count: (before?.count ?? NOTHING).plus(amount),
        rows: (before?.rows ?? 0) + rows,
      };
      this.#rows.set(key, after);
      return { at, before: before && this.#rowOf(before), after: this.#rowOf(after) };
    });
  }

  /** Those that something is counted in, although the definition has it counted elsewhere. */
  *misplaced({ counts }: TableModel): Generator<CountRow> {
    for (const row of this.#rows.values()) {
      const model = counts.find(({ name }) => name === row.model.name);
      const isInPlace = model !== undefined && itemKey(countKey(model, row.tuple)) === itemKey(row.at);
      if (row.rows !== 0 && !isInPlace) yield row;
    }
  }

  /** As DynamoDB has it; undefined when nothing is counted in it. */
  #rowOf(row: CountRow): Attributes | undefined {
    return row.rows === 0 ? undefined : DecodedAttributes.of(storedCount(this.#keys, row, row.at));
  }
}

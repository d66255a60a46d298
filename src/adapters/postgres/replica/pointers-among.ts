import type { Entity, PointerModel } from '../../../domain/pointer.ts';
import { keyOf, type Row } from '../../../domain/row.ts';
import type { RowModel, TableModel } from '../../../domain/table-model.ts';

/** Finds the pointers that rows of the source table are. */
export class PointersAmong {
  readonly #model: TableModel;
  readonly #among = new Map<RowModel, readonly PointerModel[]>();

  constructor(model: TableModel) {
    this.#model = model;
  }

  /** The entities whose pointer a row is. */
  of(row: Row): readonly Entity[] {
    const among = this.#amongRowsOf(row.model);
    if (among.length === 0) return [];
    const { partition, sort } = keyOf(row);
    return among.flatMap((model) => {
      const match = model.at === sort ? model.partition.match(partition) : undefined;
      return match !== undefined && 'parts' in match ? [{ model, parts: match.parts }] : [];
    });
  }

  /** Pointers have a kind of their own, unless the definition itself declares one that has their keys. */
  #amongRowsOf(model: RowModel): readonly PointerModel[] {
    let found = this.#among.get(model);
    if (found === undefined) {
      found = this.#model.pointers.filter(({ at, name }) =>
        model.derivedBy === undefined ? model.sort?.match(at) !== undefined : model.name === name,
      );
      this.#among.set(model, found);
    }
    return found;
  }
}

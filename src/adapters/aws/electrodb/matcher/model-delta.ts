import { groupBy } from '../../../../domain/coalesce.ts';
import type { CountModel } from '../../../../domain/count.ts';
import { type CountDelta, type CountMove, netDeltas } from '../../../../domain/count-move.ts';
import { itemKey } from '../../../../domain/row.ts';

/** A count of one derivation changing. */
export interface ModelDelta extends CountDelta {
  readonly model: CountModel;
}

/** What moves do to the counts together: one delta per count, without those that cancel out. */
export function deltasOf(moves: readonly CountMove[]): readonly ModelDelta[] {
  return [...groupBy(moves, ({ source }) => source.model.name).values()].flatMap((ofModel) => {
    const { model } = ofModel[0].source;
    return netDeltas(ofModel).map((delta) => ({ ...delta, model }));
  });
}

/** One string per count. */
export function deltaKey({ model, at }: Pick<ModelDelta, 'model' | 'at'>): string {
  return `${model.name} ${itemKey(at)}`;
}

/** By how much the number changes that must stay above zero for the count's row to stay: that of the rows counted in it. */
export function rowsOf({ model, amount, rows }: ModelDelta): number {
  // Where each row counts for one, the count is that number.
  return model.amount === undefined ? Number(amount.text) : rows;
}

/** Whether it takes back something that was counted, so that a row must be counted there. */
export function isTaken(delta: ModelDelta): boolean {
  const rows = rowsOf(delta);
  return rows < 0 || (rows === 0 && delta.model.amount !== undefined);
}

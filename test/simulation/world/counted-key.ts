import type { CountedRow } from '../../../src/domain/count-move.ts';
import { itemKey, keyOf } from '../../../src/domain/row.ts';

/** One string per row and derivation that counts it; no two share one. */
export function countedKey({ model, row }: CountedRow): string {
  return `${model.name} ${itemKey(keyOf(row))}`;
}

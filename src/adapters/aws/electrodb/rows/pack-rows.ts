import { groupBy } from '../../../../domain/coalesce.ts';
import { nameOfKey, type RowsMove } from '../../../../domain/derived-rows.ts';
import { MAX_TRANSACTION } from '../../../../domain/item-limits.ts';
import { rowsMoveBytes } from '../../../../domain/rows-limits.ts';
import { packBatches } from '../../../../application/pack-batches.ts';
import { roundsOf } from '../rounds.ts';
import { shapeOf } from './row-fault.ts';
import type { RowsTables } from './rows-tables.ts';

const { items: MAX_ITEMS, bytes: MAX_BYTES } = MAX_TRANSACTION;
const BYTES_PER_ITEM = Math.floor(MAX_BYTES / MAX_ITEMS);

/** What an item takes beside its attributes: names and values in its condition, entity markers. */
const ITEM_OVERHEAD_BYTES = 512;

/**
 * Groups moves so that each group fits one transaction: rounds of groups that may be written at the same time. Moves that
 * have other tables, or keys of other attributes, are not in one group, so that what is wrong with a table holds up only those
 * that have such rows in it.
 *
 * @param moves none that `rowsMoveFault` refuses.
 */
export function packRows(moves: readonly RowsMove[], tables: RowsTables): readonly (readonly RowsMove[])[][] {
  return roundsOf(moves, keysIn).map((round) => {
    const byShapes = groupBy(round, (move) => JSON.stringify(shapesIn(move, tables)));
    return [...byShapes.values()].flatMap((some) => {
      const { batches, oversized } = packBatches(some, weightOf, { count: MAX_ITEMS, weight: MAX_BYTES });
      return [...batches, ...oversized.map((one) => [one])];
    });
  });
}

/** The tables of a move's rows, each with the attributes of its keys, in words. */
export function shapesIn({ put, remove }: RowsMove, { table }: RowsTables): readonly string[] {
  return [...new Set([...put, ...remove].map((row) => shapeOf(row, table)))].toSorted();
}

function keysIn({ put, remove }: RowsMove): readonly string[] {
  return [...put, ...remove].map(nameOfKey);
}

/** In bytes; an item weighs at least as much as a hundredth of what all may. */
function weightOf(move: RowsMove): number {
  const items = 1 + move.put.length + move.remove.length;
  return Math.max(items * BYTES_PER_ITEM, rowsMoveBytes(move) + items * ITEM_OVERHEAD_BYTES);
}

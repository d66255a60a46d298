import { groupBy } from '../../../../domain/coalesce.ts';
import { Decimal } from '../../../../domain/decimal.ts';
import { type DerivedRow, nameOfKey, type RowsMove } from '../../../../domain/derived-rows.ts';
import { itemKey, keyOf } from '../../../../domain/row.ts';
import { type Value, ValueSet } from '../../../../domain/value.ts';
import { packBatches } from '../../pack-batches.ts';
import { roundsOf } from '../rounds.ts';
import { shapeOf } from './row-fault.ts';
import type { RowsTables } from './rows-tables.ts';

/** DynamoDB's limits on one TransactWriteItems. */
const MAX_ITEMS = 100;
export const MAX_BYTES = 4 * 1024 * 1024;
const BYTES_PER_ITEM = Math.floor(MAX_BYTES / MAX_ITEMS);

/** What an item takes beside its attributes: names and values in its condition, entity markers. */
const ITEM_OVERHEAD_BYTES = 512;

/**
 * Groups moves so that each group fits one transaction: rounds of groups that may be written at the same time. Moves that
 * have other tables, or keys of other attributes, are not in one group, so that what is wrong with a table holds up only those
 * that have such rows in it.
 *
 * @param moves none larger than `MAX_BYTES`.
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
  return Math.max(items * BYTES_PER_ITEM, bytesOf(move) + items * ITEM_OVERHEAD_BYTES);
}

/** What a move writes, about as DynamoDB counts it. */
export function bytesOf({ source, to, put, remove }: RowsMove): number {
  const origin = Buffer.byteLength(itemKey(keyOf(source.row)));
  let bytes = 2 * origin;
  for (const { key } of [...to.keys, ...remove]) bytes += recordBytes(key) + origin;
  for (const { key, attributes } of put) bytes += recordBytes(key) + recordBytes(attributes) + origin;
  return bytes;
}

function recordBytes(values: DerivedRow['attributes']): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(values)) bytes += Buffer.byteLength(name) + valueBytes(value);
  return bytes;
}

function valueBytes(value: Value): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value !== 'object' || value === null) return 1;
  // Two digits a byte.
  if (value instanceof Decimal) return Math.ceil(value.text.length / 2) + 1;
  if (value instanceof Uint8Array) return value.length;
  const members: readonly Value[] | undefined =
    value instanceof ValueSet
      ? value.members
      : Array.isArray(value)
        ? (value as readonly Value[])
        : undefined;
  if (members === undefined) return 3 + recordBytes(value as DerivedRow['attributes']);
  return members.reduce<number>((sum, member) => sum + 1 + valueBytes(member), 3);
}

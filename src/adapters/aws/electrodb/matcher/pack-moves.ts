import { groupBy } from '../../../../domain/coalesce.ts';
import { compareTexts } from '../../../../domain/compare-texts.ts';
import type { CountMove } from '../../../../domain/count-move.ts';
import { MAX_TRANSACTION } from '../../../../domain/item-limits.ts';
import { keyOf } from '../../../../domain/row.ts';
import type { ModelDelta } from './model-delta.ts';

/** What an item takes beside its texts: attribute names, keys repeated in the condition, entity markers. */
const ITEM_OVERHEAD_BYTES = 512;

/** A group that fits one transaction, as it is filled. */
interface Group {
  readonly moves: CountMove[];
  /** The keys of the counts that it changes. */
  readonly counts: Set<string>;
  bytes: number;
}

/**
 * Groups moves so that each group fits one transaction: one item a row that is counted and one a count that the group
 * changes. Moves of the same counts go together; those that fit one transaction are not divided between two. So groups are
 * few, and few share a count, for which one would have to wait for the other.
 *
 * @param deltasOf what a move does by itself, by the keys of the counts; none that `countMoveFault` refuses.
 */
export function packMoves(
  moves: readonly CountMove[],
  deltasOf: (move: CountMove) => ReadonlyMap<string, ModelDelta>,
): CountMove[][] {
  const sameCounts = groupBy(moves, (move) => [...deltasOf(move).keys()].toSorted().join(' '));
  const groups: Group[] = [];
  let group = emptyGroup();
  const add = (together: Group) => {
    if (group.moves.length > 0 && !fits(group, together)) group = emptyGroup();
    if (group.moves.length === 0) groups.push(group);
    group.moves.push(...together.moves);
    for (const count of together.counts) group.counts.add(count);
    group.bytes += together.bytes;
  };
  for (const [, same] of [...sameCounts].toSorted(([a], [b]) => compareTexts(a, b))) {
    const each = same.map((move): Group => {
      const deltas = deltasOf(move);
      return { moves: [move], counts: new Set(deltas.keys()), bytes: bytesOf(move, deltas) };
    });
    const all: Group = {
      moves: [...same],
      counts: each[0]?.counts ?? new Set(),
      bytes: each.reduce((sum, { bytes }) => sum + bytes, 0),
    };
    if (fits(emptyGroup(), all)) add(all);
    else each.forEach(add);
  }
  return groups.map((filled) => filled.moves);
}

function emptyGroup(): Group {
  return { moves: [], counts: new Set(), bytes: 0 };
}

function fits(group: Group, added: Group): boolean {
  const counts = [...added.counts].filter((count) => !group.counts.has(count)).length;
  const items = group.moves.length + added.moves.length + group.counts.size + counts;
  return items <= MAX_TRANSACTION.items && group.bytes + added.bytes <= MAX_TRANSACTION.bytes;
}

/** At least what the move adds to a transaction: its state row and, at worst, every count that it changes. */
function bytesOf({ source, to }: CountMove, deltas: ReadonlyMap<string, ModelDelta>): number {
  const { partition, sort = '' } = keyOf(source.row);
  let bytes = bytesIn(partition, sort, to.version.epoch, to.version.sequence);
  const add = ({ at, tuple }: Pick<ModelDelta, 'at' | 'tuple'>) => {
    bytes += bytesIn(at.partition, at.sort ?? '', ...Object.keys(tuple), ...Object.values(tuple));
  };
  to.contributions.forEach(add);
  deltas.forEach(add);
  // Every text stands in a key or an attribute, and up to twice more in a condition or an update.
  return 3 * bytes + (1 + to.contributions.length + deltas.size) * ITEM_OVERHEAD_BYTES;
}

function bytesIn(...texts: readonly string[]): number {
  let bytes = 0;
  for (const text of texts) bytes += Buffer.byteLength(text);
  return bytes;
}

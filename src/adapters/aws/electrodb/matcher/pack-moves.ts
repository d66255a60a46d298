import { groupBy } from '../../../../domain/coalesce.ts';
import { compareTexts } from '../../../../domain/compare-texts.ts';
import type { CountMove, CountState } from '../../../../domain/count-move.ts';
import { MAX_TRANSACTION } from '../../../../domain/item-limits.ts';
import { keyOf } from '../../../../domain/row.ts';
import { connected } from '../connected.ts';
import { transactionSize } from '../transaction-size.ts';
import type { ModelDelta } from './model-delta.ts';

/** What an item takes beside its texts: attribute names, keys repeated in the condition, entity markers. */
const ITEM_OVERHEAD_BYTES = 512;

/** So many items are worth a transaction, where there are not many. */
const LEAST_ITEMS = 50;

/** A group that fits one transaction, as it is filled. */
interface Group {
  readonly moves: CountMove[];
  /** The keys of the counts that it changes. */
  readonly counts: Set<string>;
  bytes: number;
}

/**
 * Groups moves so that each group fits one transaction: one item a row that is counted and one a count that the group
 * changes. Moves that are connected by their counts go together, so that groups have no count in common, for which one would
 * have to wait for the other; only those that do not fit one transaction are divided. What is left of a transaction, others fill.
 *
 * @param deltasOf what a move does by itself, by the keys of the counts; none that `countMoveFault` refuses.
 */
export function packMoves(
  moves: readonly CountMove[],
  deltasOf: (move: CountMove) => ReadonlyMap<string, ModelDelta>,
): CountMove[][] {
  const countsOf = (move: CountMove) => [...deltasOf(move).keys()];
  const groups: Group[] = [];
  const shared: Group[] = [];
  const counted = new Set(moves.flatMap(countsOf)).size;
  const size = transactionSize(moves.length + counted, LEAST_ITEMS, MAX_TRANSACTION.items);
  for (const some of connected(moves, countsOf)) {
    const all = groupOf(some, deltasOf);
    const group = shared.find((one) => fits(one, all, size));
    if (group !== undefined) join(group, all);
    else if (fits(emptyGroup(), all)) shared.push(all);
    else groups.push(...divided(some, deltasOf));
  }
  return [...groups, ...shared].map((filled) => filled.moves);
}

/** Groups moves whose states are written without their counts so that each group fits one transaction. @param wasOf what a state keeps beside what it says. */
export function packStates(
  moves: readonly CountMove[],
  wasOf: (move: CountMove) => CountState | undefined,
): CountMove[][] {
  const size = transactionSize(moves.length, LEAST_ITEMS, MAX_TRANSACTION.items);
  const groups: CountMove[][] = [];
  let room = 0;
  for (const move of moves) {
    const bytes = bytesOf(move, NO_DELTAS, wasOf(move)?.contributions);
    const group = groups.at(-1);
    if (group !== undefined && group.length < size && bytes <= room) group.push(move);
    else {
      groups.push([move]);
      room = MAX_TRANSACTION.bytes;
    }
    room -= bytes;
  }
  return groups;
}

const NO_DELTAS: ReadonlyMap<string, ModelDelta> = new Map();

/** Moves that do not fit one transaction, in several: those of the same counts are together, unless they do not fit either. */
function divided(
  moves: readonly CountMove[],
  deltasOf: (move: CountMove) => ReadonlyMap<string, ModelDelta>,
): readonly Group[] {
  const sameCounts = groupBy(moves, (move) => [...deltasOf(move).keys()].toSorted().join(' '));
  const groups: Group[] = [];
  let group = emptyGroup();
  const add = (together: Group) => {
    if (group.moves.length > 0 && !fits(group, together)) group = emptyGroup();
    if (group.moves.length === 0) groups.push(group);
    join(group, together);
  };
  for (const [, same] of [...sameCounts].toSorted(([a], [b]) => compareTexts(a, b))) {
    const all = groupOf(same, deltasOf);
    if (fits(emptyGroup(), all)) add(all);
    else for (const move of same) add(groupOf([move], deltasOf));
  }
  return groups;
}

function groupOf(
  moves: readonly CountMove[],
  deltasOf: (move: CountMove) => ReadonlyMap<string, ModelDelta>,
): Group {
  const group = emptyGroup();
  for (const move of moves) {
    const deltas = deltasOf(move);
    group.moves.push(move);
    for (const count of deltas.keys()) group.counts.add(count);
    group.bytes += bytesOf(move, deltas);
  }
  return group;
}

function join(group: Group, added: Group): void {
  group.moves.push(...added.moves);
  for (const count of added.counts) group.counts.add(count);
  group.bytes += added.bytes;
}

function emptyGroup(): Group {
  return { moves: [], counts: new Set(), bytes: 0 };
}

function fits(group: Group, added: Group, most = MAX_TRANSACTION.items): boolean {
  const counts = [...added.counts].filter((count) => !group.counts.has(count)).length;
  const items = group.moves.length + added.moves.length + group.counts.size + counts;
  return items <= most && group.bytes + added.bytes <= MAX_TRANSACTION.bytes;
}

/** At least what the move adds to a transaction: its state row and, at worst, every count that it changes. */
function bytesOf(
  { source, to }: CountMove,
  deltas: ReadonlyMap<string, ModelDelta>,
  was: CountState['contributions'] = [],
): number {
  const { partition, sort = '' } = keyOf(source.row);
  let bytes = bytesIn(partition, sort, to.version.epoch, to.version.sequence);
  const add = ({ at, tuple }: Pick<ModelDelta, 'at' | 'tuple'>) => {
    bytes += bytesIn(at.partition, at.sort ?? '', ...Object.keys(tuple), ...Object.values(tuple));
  };
  to.contributions.forEach(add);
  was.forEach(add);
  deltas.forEach(add);
  // Every text stands in a key or an attribute, and up to twice more in a condition or an update.
  return 3 * bytes + (1 + to.contributions.length + was.length + deltas.size) * ITEM_OVERHEAD_BYTES;
}

function bytesIn(...texts: readonly string[]): number {
  let bytes = 0;
  for (const text of texts) bytes += Buffer.byteLength(text);
  return bytes;
}

import { compareTexts } from '../../../../domain/compare-texts.ts';
import type { CountMove } from '../../../../domain/count-move.ts';
import { Fault } from '../../../../domain/fault.ts';
import { keyOf } from '../../../../domain/row.ts';
import type { ModelDelta } from './model-delta.ts';

/** DynamoDB's limits on one TransactWriteItems. */
const MAX_ITEMS = 100;
const MAX_BYTES = 4 * 1024 * 1024;

/** What an item takes beside its texts: attribute names, keys repeated in the condition, entity markers. */
const ITEM_OVERHEAD_BYTES = 512;

/** A permanent Fault for a move of so many counts that no transaction takes it; undefined for all others. */
export function packingFault({ size }: ReadonlyMap<string, ModelDelta>): Fault | undefined {
  const most = MAX_ITEMS - 1;
  if (size <= most) return undefined;
  return new Fault(
    'permanent',
    `the row changes ${size} counts at once, and DynamoDB takes its state and at most ${most} of them in one transaction`,
    { reason: `a row changes more than ${most} counts at once, which DynamoDB takes in one transaction` },
  );
}

/**
 * Groups moves so that each group fits one transaction: one item a row that is counted and one a count that the group
 * changes. Moves of the same counts go together, so that groups are few and share few counts.
 *
 * @param deltasOf what a move does by itself, by the keys of the counts; no `packingFault`.
 */
export function packMoves(
  moves: readonly CountMove[],
  deltasOf: (move: CountMove) => ReadonlyMap<string, ModelDelta>,
): CountMove[][] {
  const keyed = moves.map((move) => {
    const counts = [...deltasOf(move).keys()];
    return { move, counts, key: counts.length === 1 ? (counts[0] ?? '') : counts.toSorted().join(' ') };
  });
  keyed.sort((a, b) => compareTexts(a.key, b.key));
  const groups: CountMove[][] = [];
  let group: CountMove[] = [];
  let changed = new Set<string>();
  let bytes = 0;
  for (const { move, counts } of keyed) {
    const added = counts.filter((count) => !changed.has(count));
    const moveBytes = bytesOf(move, deltasOf(move));
    const items = group.length + 1 + changed.size + added.length;
    if (group.length > 0 && (items > MAX_ITEMS || bytes + moveBytes > MAX_BYTES)) {
      groups.push(group);
      group = [];
      changed = new Set();
      bytes = 0;
    }
    group.push(move);
    for (const count of counts) changed.add(count);
    bytes += moveBytes;
  }
  if (group.length > 0) groups.push(group);
  return groups;
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

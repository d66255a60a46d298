import { compareTexts } from '../../../../domain/compare-texts.ts';
import type { LinkMove } from '../../../../domain/link-move.ts';
import { type Tuple, tupleKey } from '../../../../domain/tuple.ts';

/** DynamoDB's limits on one TransactWriteItems. */
const MAX_ITEMS = 100;
const MAX_BYTES = 4 * 1024 * 1024;

/** What an item takes beside its texts: attribute names, keys repeated in the condition, entity markers. */
const ITEM_OVERHEAD_BYTES = 512;

/**
 * Groups moves so that each group fits one transaction: one item a link row and one a tuple that the group
 * touches. Moves of the same tuples go together, so that groups are few and share few tuples.
 */
export function packMoves(moves: readonly LinkMove[]): LinkMove[][] {
  const keyed = moves.map((move) => ({ move, key: sortKey(move) }));
  keyed.sort((a, b) => compareTexts(a.key, b.key));
  const groups: LinkMove[][] = [];
  let group: LinkMove[] = [];
  let tuples = new Set<string>();
  let bytes = 0;
  for (const { move } of keyed) {
    const added = new Set(
      tuplesOf(move)
        .map(tupleKey)
        .filter((key) => !tuples.has(key)),
    );
    const moveBytes = bytesOf(move);
    const items = group.length + 1 + tuples.size + added.size;
    if (group.length > 0 && (items > MAX_ITEMS || bytes + moveBytes > MAX_BYTES)) {
      groups.push(group);
      group = [];
      tuples = new Set();
      bytes = 0;
    }
    group.push(move);
    for (const tuple of tuplesOf(move)) tuples.add(tupleKey(tuple));
    bytes += moveBytes;
  }
  if (group.length > 0) groups.push(group);
  return groups;
}

function tuplesOf({ from, to }: LinkMove): Tuple[] {
  return [from?.tuple, to.tuple].filter((tuple) => tuple !== undefined);
}

function sortKey(move: LinkMove): string {
  return tuplesOf(move).map(tupleKey).toSorted().join(' ');
}

/** At least what the move adds to a transaction: its state row and, at worst, both of its tuples. */
function bytesOf(move: LinkMove): number {
  const texts = [move.link.code, move.link.serial, move.to.version.epoch, move.to.version.sequence];
  for (const { manufacturer, model, typeDesignator } of tuplesOf(move))
    texts.push(manufacturer, model, typeDesignator);
  // Every text stands in a key or an attribute, and up to twice more in a condition or an update.
  return texts.reduce((sum, text) => sum + 3 * Buffer.byteLength(text), 3 * ITEM_OVERHEAD_BYTES);
}

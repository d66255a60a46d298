import { groupBy } from '../../../../domain/coalesce.ts';
import type { CountMove } from '../../../../domain/count-move.ts';
import { MAX_TRANSACTION } from '../../../../domain/item-limits.ts';
import { connected } from '../connected.ts';

/** Beside a commit's record, or a count, in its transaction. */
const MOST = MAX_TRANSACTION.items - 1;

/**
 * Moves of which more change one count than fit a transaction with it, in groups whose counts fit one without them: those connected by their
 * counts together, or else those of the same counts. Removals are not among them, nor is what is as well divided into transactions.
 *
 * @param countsOf the keys of the counts that a move changes.
 */
export function hotMoves(
  moves: readonly CountMove[],
  countsOf: (move: CountMove) => readonly string[],
): readonly (readonly CountMove[])[] {
  const lasting = moves.filter(({ to }) => !to.removed);
  if (lasting.length <= MOST) return [];
  return connected(lasting, countsOf)
    .flatMap((some): readonly (readonly CountMove[])[] =>
      new Set(some.flatMap(countsOf)).size <= MOST
        ? [some]
        : [...groupBy(some, (move) => countsOf(move).toSorted().join(' ')).values()],
    )
    .filter((group) => mostOfOne(group, countsOf) > MOST);
}

/** How many moves change the count that most of them do. */
function mostOfOne(moves: readonly CountMove[], countsOf: (move: CountMove) => readonly string[]): number {
  const changes = new Map<string, number>();
  for (const count of moves.flatMap(countsOf)) changes.set(count, (changes.get(count) ?? 0) + 1);
  return Math.max(0, ...changes.values());
}

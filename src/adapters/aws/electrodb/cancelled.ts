import type { Fault } from '../../../domain/fault.ts';
import type { AwsResource } from '../error-message.ts';
import { translateError } from '../translate-error.ts';
import { forAll, type Results } from './write-group.ts';
import { errorOf, type Reason } from './write-transaction.ts';

/** Why a transaction was cancelled because of one of its items; undefined where that was not in the way. */
export function reasonFault(reason: Reason, used: AwsResource): Fault | undefined {
  return reason.code === 'None' ? undefined : translateError(errorOf(reason), used);
}

/**
 * What became of the moves of a cancelled transaction.
 *
 * @param own of moves that were in the way themselves: others may do without them.
 * @param shared what was in the way of all.
 * @param conflict what moves are called that met other writers at something that they share.
 * @returns a result for each that was in the way; for all where something shared was, or where nothing is known.
 */
export function withShared<T>(
  moves: readonly T[],
  own: ReadonlyMap<T, 'conflict' | Fault>,
  shared: readonly Fault[],
  conflict: 'conflict' | 'busy' = 'conflict',
): Results<T> {
  const worst = WORST_FIRST.map((kind) => shared.find((fault) => fault.kind === kind)).find(Boolean);
  if (worst === undefined) return own.size > 0 ? own : forAll(moves, conflict);
  return new Map([...forAll(moves, worst.kind === 'conflict' ? conflict : worst), ...own]);
}

const WORST_FIRST = ['configuration', 'transient', 'conflict'] as const;

import { Fault } from '../../../../domain/fault.ts';
import type { LinkMove, TupleDelta } from '../../../../domain/link-move.ts';
import { type Tuple, tupleKey } from '../../../../domain/tuple.ts';
import { Refusal } from '../../refusal.ts';
import type { AwsResource } from '../../error-message.ts';
import { translateError } from '../../translate-error.ts';
import { forAll, type Results } from '../write-group.ts';
import { errorOf, type Reason } from '../write-transaction.ts';
import { foreignCount, saysNoNumber } from './foreign-count.ts';
import { countsIn, type KeyedTables, statesIn } from './matcher-tables.ts';

/** The moves that change, or could change, the count of a tuple. */
export function movesOf(tuple: Tuple, moves: readonly LinkMove[]): readonly LinkMove[] {
  const key = tupleKey(tuple);
  return moves.filter(({ from, to }) =>
    [from?.tuple, to.tuple].some((one) => one !== undefined && tupleKey(one) === key),
  );
}

/**
 * Reads why a transaction was cancelled. A link that has moved since it was read, and a row that is refused, are in the
 * way of their own moves only, and the others may do without them; whatever passes, or has to do with a table as a
 * whole, is in the way of all.
 *
 * @param reasons one per move, of its link's state, then one per delta, of its tuple's count.
 */
export function obstaclesOf(
  moves: readonly LinkMove[],
  deltas: readonly TupleDelta[],
  reasons: readonly Reason[],
  tables: KeyedTables,
): Results<LinkMove> {
  const own = new Map<LinkMove, 'conflict' | Fault>();
  const shared: Fault[] = [];
  for (const [index, move] of moves.entries()) {
    const reason = reasons[index];
    const fault = faultOf(reason, statesIn(tables));
    if (fault === undefined) continue;
    if (reason?.code === 'ConditionalCheckFailed') own.set(move, 'conflict');
    else if (fault instanceof Refusal) own.set(move, fault);
    else shared.push(fault);
  }
  for (const [index, { tuple }] of deltas.entries()) {
    const fault = faultOf(reasons[moves.length + index], countsIn(tables));
    if (fault instanceof Refusal) {
      const refused = refusedCount(tuple, fault, tables);
      for (const move of movesOf(tuple, moves)) if (!own.has(move)) own.set(move, refused);
    } else if (fault !== undefined) shared.push(fault);
  }
  const worst = WORST_FIRST.map((kind) => shared.find((fault) => fault.kind === kind)).find(Boolean);
  if (worst === undefined) return own.size > 0 ? own : forAll(moves, 'conflict');
  return new Map([...forAll(moves, worst.kind === 'conflict' ? 'conflict' : worst), ...own]);
}

const WORST_FIRST = ['configuration', 'transient', 'conflict'] as const;

function faultOf(reason: Reason | undefined, used: AwsResource): Fault | undefined {
  return reason === undefined || reason.code === 'None' ? undefined : translateError(errorOf(reason), used);
}

/** A refused count is never the link's fault: something else wrote the row, or an index of the table rejects it. */
function refusedCount(tuple: Tuple, refusal: Refusal, tables: KeyedTables): Fault {
  if (saysNoNumber(refusal)) return foreignCount(tuple, 'is not a number', tables, refusal.cause);
  return new Fault('configuration', `the count of ${tupleKey(tuple)}: ${refusal.message}`, {
    cause: refusal.cause,
    reason: refusal.reason,
  });
}

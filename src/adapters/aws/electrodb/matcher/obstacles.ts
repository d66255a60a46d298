import { tupleKey } from '../../../../domain/count.ts';
import type { CountMove } from '../../../../domain/count-move.ts';
import { Fault } from '../../../../domain/fault.ts';
import { Refusal } from '../../refusal.ts';
import type { AwsResource } from '../../error-message.ts';
import { reasonFault, withShared } from '../cancelled.ts';
import type { Results } from '../write-group.ts';
import type { Reason } from '../write-transaction.ts';
import { foreignCount, saysNoNumber } from './foreign-count.ts';
import { statesIn } from '../state-table.ts';
import { saysTooFar } from './sum-too-far.ts';
import { countsIn, type MatcherTables } from './matcher-tables.ts';
import type { ModelDelta } from './model-delta.ts';

/** Those of some moves that change a count by themselves. */
export type MovesOf = (delta: ModelDelta, moves: readonly CountMove[]) => readonly CountMove[];

/**
 * Reads why a transaction was cancelled. A row whose state has moved since it was read, or is not as was assumed, and a row
 * that is refused, are in the way of their own moves only, and the others may do without them; whatever passes, or has to do
 * with a table as a whole, is in the way of all.
 *
 * @param reasons one per move, of its row's state, then one per delta, of its count.
 */
export function obstaclesOf(
  moves: readonly CountMove[],
  deltas: readonly ModelDelta[],
  reasons: readonly Reason[],
  tables: MatcherTables,
  movesOf: MovesOf,
): Results<CountMove> {
  const own = new Map<CountMove, 'conflict' | Fault>();
  const shared: Fault[] = [];
  for (const [index, move] of moves.entries()) {
    const reason = reasons[index];
    const fault = faultOf(reason, statesIn(tables));
    if (fault === undefined) continue;
    if (reason?.code === 'ConditionalCheckFailed') own.set(move, 'conflict');
    else if (fault instanceof Refusal) own.set(move, fault);
    else shared.push(fault);
  }
  for (const [index, delta] of deltas.entries()) {
    const fault = faultOf(reasons[moves.length + index], countsIn(tables));
    if (fault instanceof Refusal) {
      const refused = refusedCount(delta, fault, tables);
      for (const move of movesOf(delta, moves)) if (!own.has(move)) own.set(move, refused);
    } else if (fault !== undefined) shared.push(fault);
  }
  // Whoever else writes a count leaves the states as they were.
  return withShared(moves, own, shared, 'busy');
}

function faultOf(reason: Reason | undefined, used: AwsResource): Fault | undefined {
  return reason === undefined ? undefined : reasonFault(reason, used);
}

/** A refused count is never the row's fault: something else wrote the count, an index of the table rejects it, or other rows are in it. */
function refusedCount(delta: ModelDelta, refusal: Refusal, tables: MatcherTables): Fault {
  // By which of the rows, is found by writing each alone.
  if (saysTooFar(refusal)) return refusal;
  if (saysNoNumber(refusal)) return foreignCount(delta, 'is not a number', tables, refusal.cause);
  return new Fault('configuration', `the count of ${tupleKey(delta.tuple)}: ${refusal.message}`, {
    cause: refusal.cause,
    reason: refusal.reason,
  });
}

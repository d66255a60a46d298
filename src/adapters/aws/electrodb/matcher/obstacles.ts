import { Fault } from '../../../../domain/fault.ts';
import type { LinkMove, TupleDelta } from '../../../../domain/link-move.ts';
import { type Tuple, tupleKey } from '../../../../domain/tuple.ts';
import { Refusal } from '../../refusal.ts';
import { type AwsResource, translateError } from '../../translate-error.ts';
import { foreignCount, saysNoNumber } from './foreign-count.ts';
import { countsIn, type MatcherTables, statesIn } from './matcher-tables.ts';
import type { Cancellation } from './move-transaction.ts';
import { errorOf, type Reason } from '../write-transaction.ts';

/** What stands in the way of moves that go together. At least one of both is there. */
export interface Obstacles {
  /** Of single moves, by what they are: the others can do without them. */
  readonly own: ReadonlyMap<LinkMove, 'conflict' | Fault>;
  /** Of all others. */
  readonly shared: 'conflict' | Fault | undefined;
}

export function inTheWayOfAll(shared: 'conflict' | Fault): Obstacles {
  return { own: new Map(), shared };
}

/** Of the moves that change, or could change, the count of a tuple. */
export function inTheWayOf(tuple: Tuple, moves: readonly LinkMove[], fault: Fault): Obstacles {
  const key = tupleKey(tuple);
  const concerned = moves.filter(({ from, to }) =>
    [from?.tuple, to.tuple].some((one) => one !== undefined && tupleKey(one) === key),
  );
  return { own: new Map(concerned.map((move) => [move, fault])), shared: undefined };
}

/**
 * Reads the reasons of a cancelled transaction. A link that has moved since it was read, and a row that is refused, are
 * in the way of their own moves only; of all others is whatever passes, or has to do with a table as a whole.
 */
export function obstaclesOf(
  moves: readonly LinkMove[],
  deltas: readonly TupleDelta[],
  { states, counts }: Cancellation,
  tables: MatcherTables,
): Obstacles {
  const own = new Map<LinkMove, 'conflict' | Fault>();
  const shared: Fault[] = [];
  for (const [index, move] of moves.entries()) {
    const reason = states[index];
    const fault = faultOf(reason, statesIn(tables));
    if (fault === undefined) continue;
    if (reason?.code === 'ConditionalCheckFailed') own.set(move, 'conflict');
    else if (fault instanceof Refusal) own.set(move, fault);
    else shared.push(fault);
  }
  for (const [index, { tuple }] of deltas.entries()) {
    const fault = faultOf(counts[index], countsIn(tables));
    if (fault instanceof Refusal) {
      const refused = inTheWayOf(tuple, moves, refusedCount(tuple, fault, tables));
      for (const [move, each] of refused.own) if (!own.has(move)) own.set(move, each);
    } else if (fault !== undefined) shared.push(fault);
  }
  const worst = WORST_FIRST.map((kind) => shared.find((fault) => fault.kind === kind)).find(Boolean);
  if (worst !== undefined) return { own, shared: worst.kind === 'conflict' ? 'conflict' : worst };
  return { own, shared: own.size === 0 ? 'conflict' : undefined };
}

const WORST_FIRST = ['configuration', 'transient', 'conflict'] as const;

function faultOf(reason: Reason | undefined, used: AwsResource): Fault | undefined {
  return reason === undefined || reason.code === 'None' ? undefined : translateError(errorOf(reason), used);
}

/** Nothing that Contrail adds to a count is ever refused for a link: somebody else wrote the row, or the table has such indexes. */
function refusedCount(tuple: Tuple, refusal: Refusal, tables: MatcherTables): Fault {
  if (saysNoNumber(refusal)) return foreignCount(tuple, 'is no number', tables, refusal.cause);
  return new Fault('configuration', `the count of ${tupleKey(tuple)}: ${refusal.message}`, {
    cause: refusal.cause,
    reason: refusal.reason,
  });
}

import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { createWriteTransaction } from 'electrodb';
import type { LinkMove, TupleDelta } from '../../../domain/link-move.ts';
import { problemOf } from '../error-codes.ts';
import type { linkStateEntity, tupleEntity } from './entities.ts';
import type { KnownCounts } from './known-counts.ts';
import { linkStateRowOf } from './link-state-row.ts';
import { tupleKeyOf } from './tuple-row.ts';

export interface MatcherEntities {
  readonly tuples: ReturnType<typeof tupleEntity>;
  readonly states: ReturnType<typeof linkStateEntity>;
}

/** Why nothing of a transaction was done. At least one of both is there. */
export interface Cancellation {
  /** The moves whose link is no longer in the state that they start from. */
  readonly stale: readonly LinkMove[];
  /** What stands in the way of the other moves, if anything: somebody else's writes, or an error that says what. */
  readonly obstacle: 'conflict' | Error | undefined;
}

/**
 * Writes moves in one transaction: each link's state on condition that it is the one the move starts from, and one
 * update a tuple, by `deltas`, which are the moves' own. Counts that go down do so on condition that they stay above
 * zero; a row goes away, on condition that its count is the known one, where that takes it to zero.
 *
 * @throws what the client throws when the request fails. Then the transaction may or may not have been done.
 */
export async function writeMoves(
  entities: MatcherEntities,
  moves: readonly LinkMove[],
  deltas: readonly TupleDelta[],
  counts: KnownCounts,
  signal: AbortSignal | undefined,
): Promise<'applied' | Cancellation> {
  const now = Date.now();
  const transaction = createWriteTransaction({ ...entities }, ({ tuples, states }) => [
    ...moves.map(({ link, from, to }) =>
      states
        .put(linkStateRowOf(link, to, now))
        .where(({ epoch, sequence }, { eq, notExists }) =>
          from === undefined
            ? notExists(sequence)
            : `${eq(epoch, from.version.epoch)} AND ${eq(sequence, from.version.sequence)}`,
        )
        .commit(),
    ),
    ...deltas.map(({ tuple, delta }) => {
      if (delta > 0) return tuples.update(tupleKeyOf(tuple)).add({ count: delta }).commit();
      const known = counts.of(tuple);
      if (known + delta === 0)
        return tuples
          .delete(tupleKeyOf(tuple))
          .where(({ count }, { eq }) => eq(count, known))
          .commit();
      return tuples
        .update(tupleKeyOf(tuple))
        .add({ count: delta })
        .where(({ count }, { gt }) => gt(count, -delta))
        .commit();
    }),
  ]);
  const { canceled, data } = await transaction.go(signal && { abortSignal: signal });
  return canceled ? cancellationOf(moves, data) : 'applied';
}

/** Why one item of a transaction could not be written; `None` where it could. */
interface Reason {
  readonly code: string;
  readonly message?: string | undefined;
}

/** @param reasons one a move, then one a count. */
function cancellationOf(moves: readonly LinkMove[], reasons: readonly Reason[]): Cancellation {
  const isStale = (index: number) =>
    index < moves.length && reasons[index]?.code === 'ConditionalCheckFailed';
  const stale = moves.filter((_, index) => isStale(index));
  const others = reasons.filter(({ code }, index) => code !== 'None' && !isStale(index));
  if (stale.length > 0 && others.length === 0) return { stale, obstacle: undefined };
  const worse = others.filter(({ code }) => problemOf(code) !== 'conflict');
  return { stale, obstacle: worse.length === 0 ? 'conflict' : canceledBy(worse) };
}

/** As the client threw it, before ElectroDB took it for an answer. */
function canceledBy(reasons: readonly Reason[]): TransactionCanceledException {
  const texts = reasons.map(({ code, message }) => (message === undefined ? code : `${code}: ${message}`));
  return new TransactionCanceledException({
    message: `the transaction was cancelled: ${[...new Set(texts)].join('; ')}`,
    CancellationReasons: reasons.map(({ code }) => ({ Code: code })),
    $metadata: {},
  });
}

import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { LinkMove, TupleDelta } from '../../../../domain/link-move.ts';
import type { Tuple } from '../../../../domain/tuple.ts';
import type { linkStateEntity, tupleEntity } from '../entities.ts';
import type { KnownCounts } from './known-counts.ts';
import { linkStateRowOf } from './link-state-row.ts';
import type { ParamsTemplates } from '../params-templates.ts';
import { tupleKeyOf } from './tuple-row.ts';
import { type Reason, type TransactItem, writeTransaction } from '../write-transaction.ts';

export interface MatcherEntities {
  readonly client: DynamoDBDocumentClient;
  readonly templates: ParamsTemplates;
  readonly tuples: ReturnType<typeof tupleEntity>;
  readonly states: ReturnType<typeof linkStateEntity>;
}

/** Why nothing of a transaction was done, by what it wrote: `None` where it was not for that. */
export interface Cancellation {
  /** One a move, of its link's state, in their order. */
  readonly states: readonly Reason[];
  /** One a delta, of its tuple's count, in their order. */
  readonly counts: readonly Reason[];
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
): Promise<'done' | Cancellation> {
  const now = Date.now();
  const items = [
    ...moves.map((move) => ({ Put: stateWrite(entities, move, now) })),
    ...deltas.map(({ tuple, delta }) => countWrite(entities, tuple, delta, counts.of(tuple))),
  ];
  const reasons = await writeTransaction(entities.client, items, signal);
  if (reasons === undefined) return 'done';
  return { states: reasons.slice(0, moves.length), counts: reasons.slice(moves.length) };
}

function stateWrite(
  { states, templates }: MatcherEntities,
  { link, from, to }: LinkMove,
  now: number,
): NonNullable<TransactItem['Put']> {
  const { removed, ...row } = linkStateRowOf(link, to, now);
  const put = (values: typeof row) => states.put({ ...values, removed });
  if (from === undefined)
    return templates.fill(`first state, removed: ${removed}`, row, (values) =>
      put(values)
        .where(({ sequence }, { notExists }) => notExists(sequence))
        .params(),
    );
  const { generation: oldGeneration, epoch: oldEpoch, sequence: oldSequence } = from.version;
  const isFirst = oldGeneration === 0;
  return templates.fill(
    `next state, removed: ${removed}, of the first generation: ${isFirst}`,
    { ...row, oldGeneration, oldEpoch, oldSequence },
    ({ oldGeneration, oldEpoch, oldSequence, ...values }) =>
      put(values)
        .where(({ generation, epoch, sequence }, { eq, notExists }) => {
          const same = eq(generation, oldGeneration);
          // Rows that were written before there were generations have none.
          const sameGeneration = isFirst ? `(${same} OR ${notExists(generation)})` : same;
          return `${sameGeneration} AND ${eq(epoch, oldEpoch)} AND ${eq(sequence, oldSequence)}`;
        })
        .params(),
  );
}

/** @param known the tuple's count as far as is known. */
function countWrite(
  { tuples, templates }: MatcherEntities,
  tuple: Tuple,
  delta: number,
  known: number,
): TransactItem {
  const key = tupleKeyOf(tuple);
  if (delta > 0)
    return {
      Update: templates.fill('count up', { ...key, delta }, ({ delta, ...key }) =>
        tuples.update(key).add({ count: delta }).params(),
      ),
    };
  if (known + delta === 0)
    return {
      Delete: templates.fill('last one', { ...key, known }, ({ known, ...key }) =>
        tuples
          .delete(key)
          .where(({ count }, { eq }) => eq(count, known))
          .params(),
      ),
    };
  return {
    Update: templates.fill('count down', { ...key, delta, least: -delta }, ({ delta, least, ...key }) =>
      tuples
        .update(key)
        .add({ count: delta })
        .where(({ count }, { gt }) => gt(count, least))
        .params(),
    ),
  };
}

import { marksOf, ROWS } from '../../../../domain/stored-rows.ts';
import { type CountMove, type CountState, isAssumed } from '../../../../domain/count-move.ts';
import { COUNT_STATE } from '../state-entities.ts';
import { toNative } from '../native-value.ts';
import { rawKey } from '../raw-key.ts';
import { isEarlier, NO_STATE, statePut } from '../state-row.ts';
import { namesOf, type TransactItem } from '../write-transaction.ts';
import { commitStateRowOf, countedIn, countStateRowOf } from './count-state-row.ts';
import type { KeyedTables, MatcherTables } from './matcher-tables.ts';
import { isTaken, type ModelDelta, rowsOf } from './model-delta.ts';

/** No state, also none of a form whose attributes only a later version knows. */
const NOTHING_THERE = `attribute_not_exists(#form) AND ${NO_STATE}`;

/** Puts what is counted for a row, on condition that its state is the one that the move starts from, or is as was assumed. */
export function stateWrite(
  { stateTable, stateKeys }: KeyedTables,
  { source, from, to }: CountMove,
  now: number,
): TransactItem {
  const Item = {
    ...countStateRowOf(to, now),
    ...stateKeys.countStateKey(source),
    ...marksOf(COUNT_STATE),
  };
  if (!isAssumed(from)) return statePut(stateTable, Item, from);
  const { condition, names, values } = isEarlier(to.version);
  const isSame = `#counted = :counted AND ${condition}`;
  return {
    Put: {
      TableName: stateTable,
      Item,
      ConditionExpression: from.contributions.length === 0 ? `(${NOTHING_THERE}) OR (${isSame})` : isSame,
      ExpressionAttributeNames: { ...names, '#counted': 'counted' },
      ExpressionAttributeValues: { ...values, ':counted': countedIn(from) },
    },
  };
}

/** Puts what is counted for a row once a commit has taken place, on condition that its state is what it was before. */
export function commitStateWrite(
  { stateTable, stateKeys }: KeyedTables,
  { source, to }: CountMove,
  { commit, was }: { readonly commit: string; readonly was: CountState | undefined },
  now: number,
): TransactItem {
  const Item = {
    ...commitStateRowOf({ commit, is: to, was }, now),
    ...stateKeys.countStateKey(source),
    ...marksOf(COUNT_STATE),
  };
  if (was !== undefined) return statePut(stateTable, Item, was);
  const ExpressionAttributeNames = namesOf(['form', 'sequence']);
  return {
    Put: { TableName: stateTable, Item, ConditionExpression: NOTHING_THERE, ExpressionAttributeNames },
  };
}

/**
 * Adds to a count, or takes from it on condition that some row stays counted. The count's row goes away, on condition that
 * as many rows are counted as is known, where that takes them to none.
 *
 * @param known how many rows are counted, as far as is known.
 */
export function countWrite(
  { table: TableName, keys }: MatcherTables,
  delta: ModelDelta,
  known: number,
): TransactItem {
  const { model, at } = delta;
  const row = { TableName, Key: rawKey(keys, at) };
  const change = rowsOf(delta);
  const isSum = model.amount !== undefined;
  const names = { '#count': model.as, ...(isSum && { '#rows': ROWS }) };
  if (change < 0 && known + change === 0)
    return {
      Delete: {
        ...row,
        ConditionExpression: counted(delta, '= :known'),
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: { ':known': known },
      },
    };
  const attributes = Object.entries({ ...delta.tuple, ...marksOf(model.name) });
  const sets = attributes.map((_, index) => `#a${index} = :a${index}`);
  // Where it became a sum only after the row was written, each row counted for one until then.
  if (isSum) sets.push('#rows = if_not_exists(#rows, if_not_exists(#count, :none)) + :rows');
  const isTaking = isTaken(delta);
  return {
    Update: {
      ...row,
      UpdateExpression: `SET ${sets.join(', ')} ADD #count :amount`,
      ExpressionAttributeNames: {
        ...names,
        ...Object.fromEntries(attributes.map(([name], index) => [`#a${index}`, name])),
      },
      ExpressionAttributeValues: {
        ...Object.fromEntries(attributes.map(([, value], index) => [`:a${index}`, value])),
        ':amount': toNative(delta.amount),
        ...(isSum && { ':none': 0, ':rows': change }),
        ...(isTaking && { ':taken': Math.abs(change) }),
      },
      ...(isTaking && { ConditionExpression: counted(delta, '> :taken') }),
    },
  };
}

/** A condition on how many rows are counted. */
function counted({ model }: ModelDelta, comparison: string): string {
  return model.amount !== undefined
    ? `#rows ${comparison} OR (attribute_not_exists(#rows) AND #count ${comparison})`
    : `#count ${comparison}`;
}

/** Each move's state, in their order, then each delta's count, in theirs. */
export function itemsOf(
  tables: KeyedTables,
  moves: readonly CountMove[],
  deltas: readonly ModelDelta[],
  knownOf: (delta: ModelDelta) => number,
): TransactItem[] {
  const now = Date.now();
  return [
    ...moves.map((move) => stateWrite(tables, move, now)),
    ...deltas.map((delta) => countWrite(tables, delta, knownOf(delta))),
  ];
}

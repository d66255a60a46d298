import type { LinkMove, TupleDelta } from '../../../../domain/link-move.ts';
import type { Tuple } from '../../../../domain/tuple.ts';
import { entityMarks } from '../entity-marks.ts';
import { namesOf, type TransactItem } from '../write-transaction.ts';
import type { KeyedTables } from './matcher-tables.ts';
import { linkStateRowOf } from './link-state-row.ts';
import { tupleAttributes } from './tuple-row.ts';

/** Nothing was ever counted for the link. */
const NO_STATE = 'attribute_not_exists(#sequence)';

/** The state is of the change that it was read with: of the same generation, below, and the same place in the stream. */
const SAME_CHANGE = '#epoch = :epoch AND #sequence = :sequence';
const SAME_GENERATION = '#generation = :generation';

/** Rows that were written before there were generations have none. */
const FIRST_GENERATION = `(${SAME_GENERATION} OR attribute_not_exists(#generation))`;

/** Nobody else holds the tuple: its row can go. */
const LAST_ONE = '#count = :known';

/** The row stays, with a count of at least one. */
const STAYS_ABOVE_ZERO = '#count > :taken';

/** Puts what is counted for a link, on condition that its state is the one that the move starts from. */
export function stateWrite(
  { stateTable: TableName, keys }: KeyedTables,
  { link, from, to }: LinkMove,
  now: number,
): TransactItem {
  const Item = { ...linkStateRowOf(link, to, now), ...keys.linkStateKey(link), ...entityMarks('link-state') };
  if (from === undefined) {
    const ExpressionAttributeNames = namesOf(['sequence']);
    return { Put: { TableName, Item, ConditionExpression: NO_STATE, ExpressionAttributeNames } };
  }
  const { generation, epoch, sequence } = from.version;
  return {
    Put: {
      TableName,
      Item,
      ConditionExpression: `${generation === 0 ? FIRST_GENERATION : SAME_GENERATION} AND ${SAME_CHANGE}`,
      ExpressionAttributeNames: namesOf(['generation', 'epoch', 'sequence']),
      ExpressionAttributeValues: { ':generation': generation, ':epoch': epoch, ':sequence': sequence },
    },
  };
}

/**
 * Adds to a count, or takes from it on condition that something stays. A row goes away, on condition that its count is the
 * known one, where that takes it to zero.
 *
 * @param known the tuple's count as far as is known.
 */
export function countWrite(
  { table: TableName, keys }: KeyedTables,
  tuple: Tuple,
  delta: number,
  known: number,
): TransactItem {
  const row = { TableName, Key: keys.tupleRowKey(tuple) };
  if (known + delta === 0 && delta < 0)
    return {
      Delete: {
        ...row,
        ConditionExpression: LAST_ONE,
        ExpressionAttributeNames: namesOf(['count']),
        ExpressionAttributeValues: { ':known': known },
      },
    };
  const attributes = Object.entries({ ...tupleAttributes(tuple), ...entityMarks('matcher-tuple') });
  const Update = {
    ...row,
    UpdateExpression: `SET ${attributes.map(([name]) => `#${name} = :${name}`).join(', ')} ADD #count :delta`,
    ExpressionAttributeNames: namesOf(['count', ...attributes.map(([name]) => name)]),
    ExpressionAttributeValues: {
      ...Object.fromEntries(attributes.map(([name, value]) => [`:${name}`, value])),
      ':delta': delta,
      ...(delta < 0 && { ':taken': -delta }),
    },
  };
  return { Update: delta < 0 ? { ...Update, ConditionExpression: STAYS_ABOVE_ZERO } : Update };
}

/** Each move's state, in their order, then each delta's count, in theirs. */
export function itemsOf(
  tables: KeyedTables,
  moves: readonly LinkMove[],
  deltas: readonly TupleDelta[],
  countOf: (tuple: Tuple) => number,
): TransactItem[] {
  const now = Date.now();
  return [
    ...moves.map((move) => stateWrite(tables, move, now)),
    ...deltas.map(({ tuple, delta }) => countWrite(tables, tuple, delta, countOf(tuple))),
  ];
}

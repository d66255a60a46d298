import { marksOf } from '../../../../domain/stored-rows.ts';
import {
  type DerivedKey,
  type DerivedRow,
  originText,
  type RowsMove,
} from '../../../../domain/derived-rows.ts';
import { DERIVED_FROM } from '../../../../domain/stored-rows.ts';
import { ROWS_STATE } from '../state-entities.ts';
import { toNative } from '../native-value.ts';
import { nativeKey } from '../raw-key.ts';
import { statePut } from '../state-row.ts';
import type { TransactItem } from '../write-transaction.ts';
import { rowsStateRowOf } from './rows-state-row.ts';
import { storedOrigin } from './stored-origin.ts';
import type { KeyedTables, RowsTables } from './rows-tables.ts';

/** Puts what was derived from a row, on condition that its state is the one that the move starts from. */
export function stateWrite(
  { stateTable, stateKeys }: KeyedTables,
  { source, from, to }: RowsMove,
  now: number,
): TransactItem {
  const Item = {
    ...rowsStateRowOf(to, now),
    ...stateKeys.usualStateKey(source),
    ...marksOf(ROWS_STATE),
  };
  return statePut(stateTable, Item, from);
}

/**
 * Puts a derived row. Also where it is the same already: DynamoDB writes no stream record then, and what somebody else
 * has changed in it is repaired.
 */
export function rowPut({ table: own }: RowsTables, { source }: RowsMove, row: DerivedRow): TransactItem {
  const { table: TableName = own, key, attributes } = row;
  const origin = storedOrigin(own, row.table, originText(source));
  const native = Object.entries(attributes).map(([name, value]) => [name, toNative(value)] as const);
  const Item = { ...Object.fromEntries(native), [DERIVED_FROM]: origin, ...nativeKey(key) };
  return {
    Put: { TableName, Item, ...onlyOwn(key, origin), ReturnValuesOnConditionCheckFailure: 'ALL_OLD' },
  };
}

/** Deletes a derived row. */
export function rowDelete(tables: RowsTables, { source }: RowsMove, row: DerivedKey): TransactItem {
  return discardOf(tables, row, originText(source));
}

/** Deletes a row that is derived from something, by what that is. */
export function discardOf({ table: own }: RowsTables, row: DerivedKey, origin: string): TransactItem {
  const { table: TableName = own, table, key } = row;
  return {
    Delete: { TableName, Key: nativeKey(key), ...onlyOwn(key, storedOrigin(own, table, origin)) },
  };
}

/** On condition that there is no row of the key, or one of this source. */
function onlyOwn(key: DerivedKey['key'], origin: string) {
  return {
    ConditionExpression: 'attribute_not_exists(#key) OR #origin = :origin',
    ExpressionAttributeNames: { '#key': Object.keys(key)[0] ?? '', '#origin': DERIVED_FROM },
    ExpressionAttributeValues: { ':origin': origin },
  };
}

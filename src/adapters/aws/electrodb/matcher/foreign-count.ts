import { Decimal } from '../../../../domain/decimal.ts';
import { Fault } from '../../../../domain/fault.ts';
import { type Tuple, tupleKey } from '../../../../domain/tuple.ts';
import type { KeyedTables } from './matcher-tables.ts';
import { fromNative } from '../native-value.ts';
import type { TupleRow } from './tuple-row.ts';

/** A tuple's count; why it is none that Contrail wrote. */
export function countIn(row: TupleRow, tuple: Tuple, tables: KeyedTables): number | Fault {
  if (row.count === undefined) return foreignCount(tuple, 'is missing', tables);
  const value = fromNative(row.count);
  const count = value instanceof Decimal ? Number(value.text) : undefined;
  return count !== undefined && Number.isSafeInteger(count)
    ? count
    : foreignCount(tuple, 'is not an integer', tables);
}

/** @param problem what is wrong with the count, as the message goes on after naming it. */
export function foreignCount(
  tuple: Tuple,
  problem: string,
  { table, stateTable, keys }: KeyedTables,
  cause?: unknown,
): Fault {
  const { PK, SK } = keys.tupleRowKey(tuple);
  return new Fault(
    'configuration',
    `the count of ${tupleKey(tuple)} in table ${table} (PK ${JSON.stringify(PK)}, SK ${JSON.stringify(SK)}) ${problem}: ` +
      `something other than Contrail wrote it; let only Contrail write counts, and set this one to the number of rows in table ${stateTable} that hold the tuple`,
    {
      reason: 'counts are written by something other than Contrail',
      ...(cause === undefined ? {} : { cause }),
    },
  );
}

/** Whether a write was refused as DynamoDB refuses to add to what is not a number. */
export function saysNoNumber({ cause }: Fault): boolean {
  return cause instanceof Error && NO_NUMBER.test(cause.message);
}

const NO_NUMBER = /operand .*incorrect data type|type mismatch for attribute to update/i;

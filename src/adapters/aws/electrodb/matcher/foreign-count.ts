import { ROWS } from '../../../../domain/stored-rows.ts';
import { tupleKey } from '../../../../domain/count.ts';
import { Fault } from '../../../../domain/fault.ts';
import { toJson } from '../../../../domain/json.ts';
import { keyRecord } from '../../../../domain/key-value.ts';
import type { MatcherTables } from './matcher-tables.ts';
import { type ModelDelta } from './model-delta.ts';

/** @param problem what is wrong with the count, as the message goes on after naming it. */
export function foreignCount(
  { model, tuple, at }: Pick<ModelDelta, 'model' | 'tuple' | 'at'>,
  problem: string,
  { table, stateTable, keys }: MatcherTables,
  cause?: unknown,
): Fault {
  const key = Object.entries(keyRecord(keys, at)).map(([name, value]) => `${name} ${toJson(value)}`);
  const rows = `the number of rows in table ${stateTable} that hold the tuple`;
  const remedy =
    model.amount === undefined
      ? `set this one to ${rows}`
      : `set its ${ROWS} to ${rows}, and its ${model.as} to the sum of their amounts`;
  return new Fault(
    'configuration',
    `the count of ${tupleKey(tuple)} in table ${table} (${key.join(', ')}) ${problem}: ` +
      `something other than Contrail wrote it; let only Contrail write counts, and ${remedy}`,
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

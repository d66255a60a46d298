import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Result } from '../../../../application/result.ts';
import { countKey } from '../../../../domain/count.ts';
import { type CountCorrection, correctionFault } from '../../../../domain/count-correction.ts';
import { marksOf, ROWS } from '../../../../domain/stored-rows.ts';
import { translateError } from '../../translate-error.ts';
import { reasonFault } from '../cancelled.ts';
import { toNative } from '../native-value.ts';
import { rawKey } from '../raw-key.ts';
import { type TransactItem, writeTransaction } from '../write-transaction.ts';
import { countsIn, type MatcherTables } from './matcher-tables.ts';

/** Sets a count right on condition that it is as it was seen. */
export async function correctCount(
  client: DynamoDBDocumentClient,
  tables: MatcherTables,
  correction: CountCorrection,
  signal: AbortSignal | undefined,
): Promise<Result> {
  signal?.throwIfAborted();
  const impossible = correctionFault(correction);
  if (impossible !== undefined) return impossible;
  try {
    // A transaction of one: a repetition by the SDK is known for such, and is no conflict.
    const [reason] = (await writeTransaction(client, [itemOf(tables, correction)], signal)) ?? [];
    if (reason === undefined) return 'done';
    const fault = reasonFault(reason, countsIn(tables));
    return fault === undefined || fault.kind === 'conflict' ? 'conflict' : fault;
  } catch (error) {
    signal?.throwIfAborted();
    return translateError(error, countsIn(tables));
  }
}

function itemOf({ table: TableName, keys }: MatcherTables, correction: CountCorrection): TransactItem {
  const { model, tuple, to } = correction;
  const row = { TableName, Key: rawKey(keys, countKey(model, tuple)) };
  const { condition, names, values } = asSeen(correction, keys.partition);
  const onCondition = {
    ConditionExpression: condition,
    ExpressionAttributeNames: names,
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
  };
  if (to === undefined)
    // What is not there, and must not be, is only looked at.
    return correction.seen === undefined
      ? { ConditionCheck: { ...row, ...onCondition } }
      : { Delete: { ...row, ...onCondition } };
  const attributes = Object.entries({
    ...tuple,
    ...marksOf(model.name),
    [model.as]: toNative(to.count),
    ...(model.amount !== undefined && { [ROWS]: to.rows }),
  });
  return {
    Update: {
      ...row,
      ...onCondition,
      UpdateExpression: `SET ${attributes.map((_, index) => `#a${index} = :a${index}`).join(', ')}`,
      ExpressionAttributeNames: {
        ...names,
        ...Object.fromEntries(attributes.map(([name], index) => [`#a${index}`, name])),
      },
      ExpressionAttributeValues: {
        ...values,
        ...Object.fromEntries(attributes.map(([, value], index) => [`:a${index}`, value])),
      },
    },
  };
}

interface Condition {
  readonly condition: string;
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, unknown>>;
}

function asSeen({ model, seen }: CountCorrection, partition: string): Condition {
  if (seen === undefined)
    return { condition: 'attribute_not_exists(#key)', names: { '#key': partition }, values: {} };
  const isCount = { names: { '#count': model.as }, values: { ':count': toNative(seen.count) } };
  if (model.amount === undefined) return { condition: '#count = :count', ...isCount };
  // Where it became a sum only after the row was written, each row counted for one until then.
  const isFormer = seen.count.canonical === String(seen.rows);
  return {
    condition: `#count = :count AND (#rows = :rows${isFormer ? ' OR attribute_not_exists(#rows)' : ''})`,
    names: { ...isCount.names, '#rows': ROWS },
    values: { ...isCount.values, ':rows': seen.rows },
  };
}

import { QueryCommand, type QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import type { QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Entity, Member } from '../../../../domain/pointer.ts';
import { abortableBy } from '../../clients.ts';
import { plain } from '../../plain-requests.ts';
import { attributeValuesOf, nativeItem } from '../attribute-values.ts';
import type { EntityTable } from './entity-table.ts';
import { type KeyedTable, memberIn, pointerKey } from './entity-rows.ts';

/** Rows that are asked for at a time once the highest has turned out to be none of the entity's. */
const PAGE = 25;

/**
 * The row of an entity with the highest sort key; undefined when it has none. One request, unless rows that are none of
 * the entity's have keys that begin like its own, and sort higher.
 *
 * @throws what the client throws. Rejects once `signal` is aborted.
 */
export async function readNewest(
  from: EntityTable,
  entity: Entity,
  signal: AbortSignal | undefined,
): Promise<Member | undefined> {
  const query = newestRowQuery(from, entity);
  const ExpressionAttributeValues = attributeValuesOf(query.ExpressionAttributeValues ?? {});
  let next: QueryCommandOutput['LastEvaluatedKey'];
  do {
    signal?.throwIfAborted();
    const page =
      next === undefined ? {} : { Limit: PAGE, ExclusiveStartKey: attributeValuesOf(nativeItem(next)) };
    const { Items = [], LastEvaluatedKey } = await from.client.send(
      new QueryCommand(plain({ ...query, ExpressionAttributeValues, ...page })),
      abortableBy(signal),
    );
    for (const item of Items) {
      const member = memberIn(from.keys, entity, nativeItem(item));
      if (member !== undefined) return member;
    }
    next = LastEvaluatedKey;
  } while (next !== undefined);
  return undefined;
}

/** Asks for the row of an entity's partition with the highest sort key that begins like those of the entity's rows. */
export function newestRowQuery({ table, keys }: KeyedTable, entity: Entity): QueryCommandInput {
  const { prefix } = entity.model.sort;
  const partition = pointerKey(keys, entity)[keys.partition];
  // DynamoDB refuses to compare with an empty key.
  const [condition, names, values] =
    prefix === ''
      ? ['#pk = :pk', {}, {}]
      : ['#pk = :pk and begins_with(#sk1, :sk1)', { '#sk1': keys.sort ?? '' }, { ':sk1': prefix }];
  return {
    TableName: table,
    KeyConditionExpression: condition,
    ExpressionAttributeNames: { '#pk': keys.partition, ...names },
    ExpressionAttributeValues: { ':pk': partition, ...values },
    ScanIndexForward: false,
    Limit: 1,
    ConsistentRead: true,
  };
}

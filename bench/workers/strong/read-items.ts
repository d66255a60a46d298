import { BatchGetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import pMap from 'p-map';
import type { Downstream } from '../../model/modelled-aws.ts';
import { AT_A_TIME, chunksOf, type Item } from './item-changes.ts';

const KEYS = 100;

export interface Place {
  readonly table: string;
  readonly pk: string;
  readonly sk: string;
}

/** Items that were read, by their places. */
export class Found {
  readonly #items = new Map<string, Item>();

  get({ table, pk, sk }: Place): Item | undefined {
    return this.#items.get(`${table}\0${pk}\0${sk}`);
  }

  add(table: string, item: Item): void {
    this.#items.set(`${table}\0${item['PK']?.S}\0${item['SK']?.S}`, item);
  }
}

export function keyOf({ pk, sk }: Place): Item {
  return { PK: { S: pk }, SK: { S: sk } };
}

/** Reads items of any tables, consistently, a hundred a request. */
export async function readItems({ dynamodb }: Downstream, places: readonly Place[]): Promise<Found> {
  const found = new Found();
  const read = async (some: readonly Place[]) => {
    const RequestItems: Record<string, { Keys: Item[]; ConsistentRead: true }> = {};
    for (const place of some)
      (RequestItems[place.table] ??= { Keys: [], ConsistentRead: true }).Keys.push(keyOf(place));
    const { Responses = {}, UnprocessedKeys = {} } = await dynamodb.send(
      new BatchGetItemCommand({ RequestItems }),
    );
    if (Object.keys(UnprocessedKeys).length > 0) throw new Error('some keys were not read');
    for (const [table, items] of Object.entries(Responses)) for (const item of items) found.add(table, item);
  };
  await pMap(chunksOf(places, KEYS), read, AT_A_TIME);
  return found;
}

/** An entity's newest image. */
export async function readNewest({ dynamodb, table }: Downstream, pk: string): Promise<Item | undefined> {
  const { Items = [] } = await dynamodb.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'PK = :pk AND begins_with(SK, :prefix)',
      ExpressionAttributeValues: { ':pk': { S: pk }, ':prefix': { S: 'IMG#' } },
      ScanIndexForward: false,
      Limit: 1,
      ConsistentRead: true,
    }),
  );
  return Items[0];
}

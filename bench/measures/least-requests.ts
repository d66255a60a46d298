import type { DynamoDBRecord } from 'aws-lambda';
import type { AttributeValue, Item } from '../model/item.ts';
import { STATE_TABLE, TABLE } from '../model/modelled-aws.ts';
import type { TableModel } from '../model/table-model.ts';
import { IMAGE_ATTRIBUTES, streamModelOf } from '../workers/record-handler.ts';

const ENTRIES = 10;
const KEYS = 100;
const TRANSACTION_ITEMS = 100;

/**
 * The fewest requests that a batch can be handled with, whoever handles it, by operation. Reads are exact: an entity's
 * newest image takes a Query, which no operation batches; single items are read a hundred at a time, default rows and
 * what they point to one after the other. Writes are a bound from below: every item once, a hundred a transaction,
 * as if items that must share a transaction never were in the way of filling one.
 *
 * @param tables as they are before the batch is handled, its own rows written.
 */
export function leastRequests(
  tables: TableModel,
  records: readonly DynamoDBRecord[],
): Readonly<Record<string, number>> {
  const images = imageRequests(tables, records);
  const links = linkRequests(tables, records);
  return {
    SendMessageBatch: Math.ceil(changedDocuments(records) / ENTRIES),
    Query: images.entities,
    BatchGetItem: images.reads + links.reads,
    TransactWriteItems: images.transactions + links.transactions,
  };
}

export function total(requests: Readonly<Record<string, number>>): number {
  return Object.values(requests).reduce((sum, count) => sum + count, 0);
}

/**
 * Documents of which some record says that they changed. Also those that are in the end as they were: an earlier
 * delivery may have got only as far as the first change.
 */
function changedDocuments(records: readonly DynamoDBRecord[]): number {
  const changed = new Set<string>();
  for (const { dynamodb } of records) {
    const { pk, sk } = keyOf(dynamodb?.Keys as Item);
    const attributes = streamModelOf(pk, sk)?.attributes;
    if (attributes === undefined) continue;
    const document = (image: unknown) =>
      image === undefined ? '' : JSON.stringify(attributes.map((name) => (image as Item)[name]));
    if (document(dynamodb?.OldImage) !== document(dynamodb?.NewImage)) changed.add(`${pk} ${sk}`);
  }
  return changed.size;
}

function imageRequests(tables: TableModel, records: readonly DynamoDBRecord[]) {
  const entities = new Set<string>();
  for (const { dynamodb } of records) {
    const { pk, sk } = keyOf(dynamodb?.Keys as Item);
    if (pk.startsWith('IMAGES#') && sk.startsWith('IMG#')) entities.add(pk);
  }
  let pointed = 0;
  let items = 0;
  for (const pk of entities) {
    const rows = tables.rows(TABLE, pk);
    const newest = [...rows.keys()]
      .filter((sk) => sk.startsWith('IMG#'))
      .sort()
      .at(-1);
    const current = rows.get('DEFAULT');
    const target = current === undefined ? undefined : `IMG#${current['image_id']?.S ?? ''}`;
    if (target !== undefined && target !== newest) pointed++;
    const wanted = target !== undefined && rows.has(target) ? target : newest;
    if (wanted === target && sameImage(current, wanted === undefined ? undefined : rows.get(wanted)))
      continue;
    if (wanted === undefined && current === undefined) continue;
    // The row, and a check of each image that the write rests on: the one pointed to, the one it will repeat.
    items += 1 + new Set([target, wanted].filter((sk) => sk !== undefined)).size;
  }
  return {
    entities: entities.size,
    reads: Math.ceil(entities.size / KEYS) + Math.ceil(pointed / KEYS),
    transactions: Math.ceil(items / TRANSACTION_ITEMS),
  };
}

function linkRequests(tables: TableModel, records: readonly DynamoDBRecord[]) {
  const now = new Map<string, string | undefined>();
  for (const { dynamodb } of records) {
    const { pk, sk } = keyOf(dynamodb?.Keys as Item);
    if (pk === 'FAA#LINKS' && sk.startsWith('MFR_MDL_CODE#'))
      now.set(`${pk}#${sk}`, tupleOf(dynamodb?.NewImage));
  }
  const deltas = new Map<string, number>();
  const losing = new Set<string>();
  const add = (tuple: string | undefined, delta: number) => {
    if (tuple !== undefined) deltas.set(tuple, (deltas.get(tuple) ?? 0) + delta);
  };
  for (const [state, tuple] of now) {
    const counted = tupleOf(tables.get(STATE_TABLE, { PK: { S: state }, SK: { S: 'STATE' } }));
    if (counted !== undefined) losing.add(counted);
    add(counted, -1);
    add(tuple, 1);
  }
  // A state's version moves with every change, so each is written.
  const items = now.size + [...deltas.values()].filter((delta) => delta !== 0).length;
  return {
    reads: Math.ceil(now.size / KEYS) + Math.ceil(losing.size / KEYS),
    transactions: Math.ceil(items / TRANSACTION_ITEMS),
  };
}

function sameImage(a: Item | undefined, b: Item | undefined): boolean {
  const said = (image: Item | undefined) => JSON.stringify(IMAGE_ATTRIBUTES.map((name) => image?.[name]));
  return said(a) === said(b);
}

function tupleOf(row: Item | undefined): string | undefined {
  const fields = [row?.['manufacturer'], row?.['model'], row?.['type_designator']].map(
    (field) => field?.S?.trim() ?? '',
  );
  return fields.includes('') ? undefined : JSON.stringify(fields);
}

function keyOf(keys: Item): { pk: string; sk: string } {
  const text = (value: AttributeValue | undefined) => value?.S ?? '';
  return { pk: text(keys['PK']), sk: text(keys['SK']) };
}

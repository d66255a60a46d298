import type { DynamoDBRecord } from 'aws-lambda';
import type { AttributeValue, Item } from '../model/item.ts';
import { Meter } from '../model/meter.ts';
import { latenciesOf } from '../model/latency.ts';
import { STATE_TABLE, TABLE } from '../model/modelled-aws.ts';
import type { TableModel } from '../model/table-model.ts';
import { IMAGE_ATTRIBUTES, streamModelOf } from '../workers/record-handler.ts';

const ENTRIES = 10;
const KEYS = 100;
const TRANSACTION_ITEMS = 100;

/**
 * The fewest requests that a batch can be handled with under Contrail's guarantees, whoever handles it, by operation:
 *
 * - messages ten a request, one for each document that changed;
 * - default rows are read; then the images that they point to, but for those whose last change the batch holds: a check
 *   at the write finds a later one; then the newest image by a Query, where there is no row, or its image is gone;
 * - counts that fall to zero are read, as nobody else can know that they do. States are not: the old image says what is
 *   counted, and a condition that it is so;
 * - each written item and each image that a default row's write rests on is once in a transaction of a hundred items.
 *
 * A bound from below: what must share a transaction is taken to be never in the way of filling one.
 *
 * @param tables as they are before the batch is handled, its own rows written.
 */
export function leastRequests(
  tables: TableModel,
  records: readonly DynamoDBRecord[],
): Readonly<Record<string, number>> {
  return least(tables, records).requests;
}

/**
 * The fewest dollars that a million changes cost in such batches, under the same guarantees, where a state moves in one transaction with
 * its count: every item that is read, written or checked is as small as any, and every message.
 */
export function leastDollars(tables: TableModel, records: readonly DynamoDBRecord[]): number {
  const { requests, reads, items } = least(tables, records);
  const meter = new Meter();
  const times = (count: number | undefined, bill: () => void) => {
    for (let n = 0; n < (count ?? 0); n++) bill();
  };
  times(reads, () => meter.read(0, true));
  times(items, () => meter.write(0, true));
  times(requests['SendMessageBatch'], () => meter.send(0));
  return meter.dollarsPerMillion / records.length;
}

/**
 * The least time that such a batch takes under the same guarantees, without any time of a processor: the longest chain of
 * requests of which each waits for the one before, in latencies of a single read. However many requests it takes: nobody
 * waits for a fuller one than must be.
 */
export function leastLatencies(tables: TableModel, records: readonly DynamoDBRecord[]): number {
  const images = imageNeeds(tables, records);
  const links = linkNeeds(tables, records);
  // Each by itself: what goes with others takes longer. A query of an entity has its default row and all its images.
  const alone = (items: number) => (items === 0 ? 0 : 1);
  // A default row with the image that it points to; a link's state with its count.
  const together = latenciesOf('TransactWriteItems', 2);
  // One transaction may have states and their count. Those of more links may be written before, all at once, and count once a
  // transaction of the count and a record that they name is through (`workers/strong/commit-records.ts`).
  const fits = links.mostOfOne < TRANSACTION_ITEMS;
  const moving = links.counts === 0 ? alone(links.states) : together + (fits ? 0 : alone(links.states));
  return Math.max(
    alone(changedDocuments(records)),
    alone(images.entities) + (images.items === 0 ? 0 : together),
    alone(links.vanishing) + moving,
  );
}

function least(tables: TableModel, records: readonly DynamoDBRecord[]) {
  const images = imageNeeds(tables, records);
  const links = linkNeeds(tables, records);
  const reads = images.entities + images.targets + links.vanishing;
  const items = images.items + links.states + links.counts;
  const requests: Readonly<Record<string, number>> = {
    SendMessageBatch: Math.ceil(changedDocuments(records) / ENTRIES),
    Query: images.queries,
    // A target is known only once its default row is read.
    BatchGetItem: Math.max(
      Math.ceil(reads / KEYS),
      Math.ceil(images.entities / KEYS) + Math.ceil(images.targets / KEYS),
    ),
    TransactWriteItems: Math.ceil(items / TRANSACTION_ITEMS),
  };
  return { requests, reads: reads + images.queries, items };
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

function imageNeeds(tables: TableModel, records: readonly DynamoDBRecord[]) {
  const changed = new Map<string, Set<string>>();
  for (const { dynamodb } of records) {
    const { pk, sk } = keyOf(dynamodb?.Keys as Item);
    if (!pk.startsWith('IMAGES#') || !sk.startsWith('IMG#')) continue;
    const images = changed.get(pk);
    if (images === undefined) changed.set(pk, new Set([sk]));
    else images.add(sk);
  }
  const needs = { entities: changed.size, targets: 0, queries: 0, items: 0 };
  for (const [pk, images] of changed) {
    const rows = tables.rows(TABLE, pk);
    const current = rows.get('DEFAULT');
    const target = current === undefined ? undefined : `IMG#${current['image_id']?.S ?? ''}`;
    if (target !== undefined && !images.has(target)) needs.targets++;
    const stays = target !== undefined && rows.has(target);
    if (!stays) needs.queries++;
    const wanted = stays ? target : newestOf(rows);
    if (stays && sameImage(current, rows.get(target))) continue;
    if (wanted === undefined && current === undefined) continue;
    // The row, and a check of each image that the write rests on: the one pointed to, the one it will repeat.
    needs.items += 1 + new Set([target, wanted].filter((sk) => sk !== undefined)).size;
  }
  return needs;
}

function newestOf(rows: ReadonlyMap<string, Item>): string | undefined {
  return [...rows.keys()]
    .filter((sk) => sk.startsWith('IMG#'))
    .sort()
    .at(-1);
}

function linkNeeds(tables: TableModel, records: readonly DynamoDBRecord[]) {
  const now = new Map<string, string | undefined>();
  for (const { dynamodb } of records) {
    const { pk, sk } = keyOf(dynamodb?.Keys as Item);
    if (pk === 'FAA#LINKS' && sk.startsWith('MFR_MDL_CODE#'))
      now.set(`${pk}#${sk}`, tupleOf(dynamodb?.NewImage));
  }
  const deltas = new Map<string, number>();
  const linksOf = new Map<string, number>();
  const add = (tuple: string | undefined, delta: number) => {
    if (tuple === undefined) return;
    deltas.set(tuple, (deltas.get(tuple) ?? 0) + delta);
    linksOf.set(tuple, (linksOf.get(tuple) ?? 0) + 1);
  };
  for (const [state, tuple] of now) {
    add(countedIn(tables.get(STATE_TABLE, { PK: { S: state }, SK: { S: 'STATE' } })), -1);
    add(tuple, 1);
  }
  const moved = [...deltas].filter(([, delta]) => delta !== 0);
  const vanishing = moved.filter(([tuple, delta]) => countOf(tables, tuple) + delta === 0).length;
  // A state's version moves with every change, so each is written.
  const mostOfOne = Math.max(0, ...linksOf.values());
  return { vanishing, states: now.size, counts: moved.length, mostOfOne };
}

function countOf(tables: TableModel, tuple: string): number {
  const [manufacturer = '', model = '', type = ''] = JSON.parse(tuple) as string[];
  const row = tables.rows(TABLE, `ICAO#MATCHER#MFR#${manufacturer}`).get(`MODEL#${model}#TYPE#${type}`);
  return Number(row?.['count']?.N ?? 0);
}

/** The tuple that a state holds. */
function countedIn(state: Item | undefined): string | undefined {
  const counted = state?.['counted'] as { L?: { M?: { tuple?: { M?: Item } } }[] } | undefined;
  return tupleOf(counted?.L?.[0]?.M?.tuple?.M);
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

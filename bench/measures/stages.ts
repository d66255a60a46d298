import { createRequire } from 'node:module';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { DynamoDBStreamSchema } from '@aws-lambda-powertools/parser/schemas/dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { toDelivery } from '../../src/adapters/dynamodb-stream/to-delivery.ts';
import type { Delivery } from '../../src/application/delivery.ts';
import { planRecords } from '../../src/application/plan-batch.ts';
import { outcomesOf } from '../../src/application/record-state.ts';
import { groupBy } from '../../src/domain/coalesce.ts';
import type { Row } from '../../src/domain/row.ts';
import { coalesceSearch } from '../../src/domain/search-action.ts';
import { isIndexed } from '../../src/domain/search-document.ts';
import type { Attributes } from '../../src/domain/value.ts';
import { fleet } from '../../src/fleet/definition.ts';

/** Matches records' keys, and says what each is of. */
export function route(records: readonly DynamoDBRecord[]): Delivery[] {
  return records.map((record) => toDelivery(record, fleet.model));
}

/** Decodes what the decisions read, and nothing else: the attributes of documents and tuples, on the sides that count. */
export function decode(deliveries: readonly Delivery[]): number {
  let decoded = 0;
  for (const delivery of deliveries) {
    if (delivery.kind !== 'change') continue;
    const { row, before, after } = delivery.change;
    if (typeof after === 'string') continue;
    const names = namesOf(row, after);
    for (const name of names) decoded += after.get(name) === undefined ? 0 : 1;
    if (typeof before === 'string' || row.model.counts.length > 0) continue;
    for (const name of names) decoded += before.get(name) === undefined ? 0 : 1;
  }
  return decoded;
}

const NOTHING: readonly string[] = [];

/** The attributes that are read of a row: by name, as the fleet's derivations say it. */
function namesOf(row: Row, attributes: Attributes): readonly string[] {
  const [document] = row.model.documents;
  const [count] = row.model.counts;
  if (document !== undefined && !isIndexed(document, row, attributes)) return NOTHING;
  const names = document?.fields ?? count?.by;
  return Array.isArray(names) ? (names as readonly string[]) : NOTHING;
}

/** Decodes, decides and coalesces: all that happens between routing and the first request. */
export function decide(deliveries: readonly Delivery[]): number {
  const states = planRecords(deliveries, undefined);
  const outcomes = outcomesOf(
    deliveries,
    states.map((state) => (state.status === 'planned' ? { status: 'applied' } : state)),
  );
  const commands = states.flatMap((state) => (state.status === 'planned' ? state.commands : []));
  const search = commands.filter((command) => command.does === 'search');
  const actions = [...groupBy(search, ({ change }) => change.item).values()].map(coalesceSearch);
  return outcomes.length + actions.length;
}

/** Whether the peers can decode the record at all: some numbers of the feed have more digits than they take. */
export function isForPeers(record: DynamoDBRecord): boolean {
  try {
    parseWithPowertools([record]);
    unmarshallAll([record]);
    return true;
  } catch {
    return false;
  }
}

export function parseWithPowertools(records: readonly DynamoDBRecord[]): unknown {
  return DynamoDBStreamSchema.parse({ Records: records });
}

export function unmarshallAll(records: readonly DynamoDBRecord[]): void {
  for (const { dynamodb } of records)
    for (const image of [dynamodb?.Keys, dynamodb?.NewImage, dynamodb?.OldImage])
      if (image !== undefined) unmarshall(image as Record<string, AttributeValue>);
}

interface StreamToElasticsearch {
  readonly pushStream: (options: object) => Promise<void>;
}

const { pushStream } = createRequire(import.meta.url)(
  'dynamodb-stream-elasticsearch',
) as StreamToElasticsearch;

/**
 * The package's own way through a batch, up to where it would send. Removals it would send at once, so the records
 * must hold none.
 */
export function decodeForElasticsearch(records: readonly DynamoDBRecord[]): Promise<void> {
  return pushStream({
    event: { Records: records },
    endpoint: 'http://127.0.0.1:9',
    transformFunction: () => undefined,
  });
}

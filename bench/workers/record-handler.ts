import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import type { Downstream } from '../model/modelled-aws.ts';

export type Row = Readonly<Record<string, unknown>>;

interface Tuple {
  readonly manufacturer: string;
  readonly model: string;
  readonly type_designator: string;
}

export interface StreamModel {
  readonly pk: RegExp;
  readonly sk: RegExp;
  readonly collection: string;
  readonly attributes: readonly string[];
  readonly idOf: (valueOf: (name: string) => unknown) => string;
}

const REGISTRATION =
  'registration serial_number manufacturer model type_designator icao24 year_manufactured status owner_name country updated_at';
const IMAGE =
  'org_id entity_type entity_id image_id url thumbnail_url caption credit width height uploaded_at';

export const IMAGE_ATTRIBUTES: readonly string[] = IMAGE.split(' ');

const STREAM_MODELS: readonly StreamModel[] = [
  model(/^AIRCRAFT#REGISTRY#FAA$/, /^DETAIL#/, 'registry', REGISTRATION, ['registration'], 'FAA:'),
  model(/^AIRCRAFT#REGISTRY#FOREIGN$/, /^DETAIL#/, 'registry', REGISTRATION, ['registration'], 'FOREIGN:'),
  model(/^IMAGES#ORG#SYSTEM#ENTITY#REGISTRATION#ID#/, /^IMG#/, 'aircraft_images', IMAGE, [
    'entity_id',
    'image_id',
  ]),
  model(
    /^ICAO#AIRCRAFT$/,
    /^TYPE#/,
    'icao_aircraft',
    'designator manufacturer model description engine_type engine_count wake_category',
    ['designator'],
  ),
  model(/^ICAO#MANUFACTURERS$/, /^MFR#/, 'icao_manufacturers', 'code name country', ['code']),
];

/** What a row's search document holds; undefined for a row without one. */
export function streamModelOf(pk: string, sk: string): StreamModel | undefined {
  return STREAM_MODELS.find((one) => one.pk.test(pk) && one.sk.test(sk));
}

/**
 * The seed's worker, for one record: both images deserialised, a summary logged, then the three subsystems, each
 * effect a request of its own. `repair_default` rewrites a default row only where it differs from its image, which
 * spares this peer a write for every image record.
 */
export function recordHandler({ dynamodb, sqs, table, queueUrl }: Downstream, log: (line: string) => void) {
  const documents = DynamoDBDocumentClient.from(dynamodb, {
    marshallOptions: { removeUndefinedValues: true },
    unmarshallOptions: { wrapNumbers: true },
  });

  async function syncSearch(
    pk: string,
    sk: string,
    before: Row | undefined,
    after: Row | undefined,
    sequence: string,
  ) {
    const spec = streamModelOf(pk, sk);
    if (spec === undefined) return;
    const oldDocument = before && documentOf(spec, before);
    const newDocument = after && documentOf(spec, after);
    if (newDocument === undefined && oldDocument === undefined) return;
    const body = JSON.stringify(newDocument);
    if (newDocument !== undefined && body === JSON.stringify(oldDocument)) return;
    const id = spec.idOf((name) => (after ?? before)?.[name]);
    const action = newDocument === undefined ? 'delete' : 'upsert';
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: JSON.stringify({ action, collection: spec.collection, id, document: newDocument }),
        MessageGroupId: groupOf(`${spec.collection}:${id}`),
        MessageDeduplicationId: sequence,
      }),
    );
  }

  async function syncDefaultImage(pk: string): Promise<void> {
    const { Items = [] } = await documents.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'PK = :pk AND begins_with(SK, :prefix)',
        ExpressionAttributeValues: { ':pk': pk, ':prefix': 'IMG#' },
        ScanIndexForward: false,
        Limit: 1,
        ConsistentRead: true,
      }),
    );
    const [newest] = Items;
    const get = async (sk: string) => {
      const { Item } = await documents.send(
        new GetCommand({ TableName: table, Key: { PK: pk, SK: sk }, ConsistentRead: true }),
      );
      return Item;
    };
    const current = await get('DEFAULT');
    if (newest === undefined) {
      if (current !== undefined)
        await documents.send(new DeleteCommand({ TableName: table, Key: { PK: pk, SK: 'DEFAULT' } }));
      return;
    }
    const pointsToNewest = current === undefined || current['image_id'] === newest['image_id'];
    const pointed = pointsToNewest ? newest : ((await get(`IMG#${String(current['image_id'])}`)) ?? newest);
    const wanted = pick(pointed, IMAGE_ATTRIBUTES);
    if (current !== undefined && sameFields(pick(current, IMAGE_ATTRIBUTES), wanted)) return;
    await documents.send(new PutCommand({ TableName: table, Item: { ...wanted, PK: pk, SK: 'DEFAULT' } }));
  }

  async function count({ manufacturer, model: name, type_designator }: Tuple, delta: 1 | -1): Promise<void> {
    const key = { PK: `ICAO#MATCHER#MFR#${manufacturer}`, SK: `MODEL#${name}#TYPE#${type_designator}` };
    await documents.send(
      new UpdateCommand({
        TableName: table,
        Key: key,
        UpdateExpression: 'SET manufacturer = :m, model = :n, type_designator = :t ADD #count :delta',
        ExpressionAttributeNames: { '#count': 'count' },
        ExpressionAttributeValues: { ':m': manufacturer, ':n': name, ':t': type_designator, ':delta': delta },
      }),
    );
  }

  async function syncMatcher(before: Row | undefined, after: Row | undefined): Promise<void> {
    const from = before && tupleOf(before);
    const to = after && tupleOf(after);
    if (from !== undefined && to !== undefined && sameFields({ ...from }, { ...to })) return;
    if (from !== undefined) await count(from, -1);
    if (to !== undefined) await count(to, 1);
  }

  return async (record: DynamoDBRecord): Promise<void> => {
    const { Keys, OldImage, NewImage, SizeBytes, SequenceNumber = '' } = record.dynamodb ?? {};
    const pk = Keys?.['PK']?.S ?? '';
    const sk = Keys?.['SK']?.S ?? '';
    const after = NewImage && toRow(NewImage as Image);
    const before = OldImage && toRow(OldImage as Image);
    log(JSON.stringify({ level: 'info', eventName: record.eventName, pk, sk, size: SizeBytes }));
    await syncSearch(pk, sk, before, after, SequenceNumber);
    if (pk.startsWith('IMAGES#') && sk.startsWith('IMG#')) await syncDefaultImage(pk);
    if (pk === 'FAA#LINKS' && sk.startsWith('MFR_MDL_CODE#')) await syncMatcher(before, after);
  };
}

type Image = Record<string, AttributeValue>;

function toRow(image: Image): Row {
  return unmarshall(image, { wrapNumbers: true });
}

function model(
  pk: RegExp,
  sk: RegExp,
  collection: string,
  attributes: string,
  id: readonly string[],
  prefix = '',
): StreamModel {
  const idOf: StreamModel['idOf'] = (valueOf) =>
    prefix + id.map((name) => encodeURIComponent(String(valueOf(name)))).join(':');
  return { pk, sk, collection, attributes: attributes.split(' '), idOf };
}

export function documentOf({ attributes, idOf }: StreamModel, row: Row): Row {
  return { id: idOf((name) => row[name]), ...pick(row, attributes) };
}

function pick(row: Row, names: readonly string[]): Row {
  return Object.fromEntries(names.filter((name) => row[name] !== undefined).map((name) => [name, row[name]]));
}

function sameFields(a: Row, b: Row): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

export function tupleOf(row: Row): Tuple | undefined {
  const [manufacturer, name, type_designator] = [
    row['manufacturer'],
    row['model'],
    row['type_designator'],
  ].map((field) => (typeof field === 'string' ? field.trim() : ''));
  if (!manufacturer || !name || !type_designator) return undefined;
  return { manufacturer, model: name, type_designator };
}

/** SQS takes 128 characters of ASCII without blanks. */
export function groupOf(text: string): string {
  return encodeURIComponent(text).slice(0, 128);
}

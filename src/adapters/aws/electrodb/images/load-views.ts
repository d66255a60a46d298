import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import type { EntityView } from '../../../../application/ports/image-repository.ts';
import type { Image } from '../../../../domain/default-image.ts';
import { Fault } from '../../../../domain/fault.ts';
import type { Entity } from '../../../../domain/row.ts';
import { abortableBy } from '../../clients.ts';
import type { AwsResource } from '../../error-message.ts';
import { translateError } from '../../translate-error.ts';
import { type RawKey, readAll } from '../batch-get.ts';
import type { KeyedTable } from './default-row-transaction.ts';
import { imageOfRow, newestImage, pointsElsewhere, type Row, viewOf } from './image-view.ts';

/** Where images are, and how they are asked for. */
export interface ImageTable extends KeyedTable {
  readonly client: DynamoDBDocumentClient;
  /** Requests for single entities under way at a time. */
  readonly concurrency: number;
}

export function tableOf({ table }: ImageTable): AwsResource {
  return { resource: `table ${table}`, variable: 'TABLE_NAME' };
}

/** Reads default rows and newest images, then the images that defaults point to, where those are not the newest. */
export async function loadViews(
  from: ImageTable,
  entities: readonly Entity[],
  signal: AbortSignal | undefined,
): Promise<readonly (EntityView | Fault)[]> {
  const attempted = <T>(work: () => T) => attemptedOn(from, work);
  const [defaultRows, newest] = await Promise.all([
    read(from, entities.map(from.keys.defaultRowKey), signal),
    pMap(entities, (entity) => readNewest(from, entity, signal), { concurrency: from.concurrency }),
  ]);
  const views = entities.map((entity, index) =>
    attempted(() => viewOf(entity, defaultRows[index], newest[index])),
  );

  // Most defaults point to the newest image, which is known by now.
  const elsewhere = views.filter(pointsElsewhere);
  const keys = elsewhere.map(({ entity, current }) => from.keys.imageKey(entity, current.imageId));
  const rows = await read(from, keys, signal);
  const pointedRows = new Map<EntityView | Fault, Row | undefined | Fault>(
    elsewhere.map((view, index) => [view, rows[index]]),
  );
  return views.map((view) => {
    const row = pointedRows.get(view);
    if (Fault.is(row)) return row;
    return Fault.is(view) || row === undefined
      ? view
      : attempted(() => ({ ...view, target: imageOfRow(view.entity, row) }));
  });
}

async function readNewest(
  from: ImageTable,
  entity: Entity,
  signal: AbortSignal | undefined,
): Promise<Image | undefined | Fault> {
  signal?.throwIfAborted();
  try {
    const query = new QueryCommand(from.keys.newestImageQuery(from.table, entity));
    const { Items = [] } = await from.client.send(query, abortableBy(signal));
    return newestImage(entity, Items as Row[]);
  } catch (error) {
    signal?.throwIfAborted();
    return translateError(error, tableOf(from));
  }
}

/** One result per key; where the request failed, its fault for each. */
async function read(
  from: ImageTable,
  keys: readonly RawKey[],
  signal: AbortSignal | undefined,
): Promise<readonly (Row | undefined | Fault)[]> {
  try {
    return await readAll<Row>(from.client, from.table, keys, signal);
  } catch (error) {
    signal?.throwIfAborted();
    const fault = translateError(error, tableOf(from));
    return keys.map(() => fault);
  }
}

/** What the work makes of a row, or a fault where the row is not to be understood. */
function attemptedOn<T>(from: ImageTable, work: () => T): T | Fault {
  try {
    return work();
  } catch (error) {
    return translateError(error, tableOf(from));
  }
}

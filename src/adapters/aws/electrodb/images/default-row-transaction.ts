import { randomUUID } from 'node:crypto';
import type { DefaultImageWrite } from '../../../../application/ports/image-repository.ts';
import type { Image, ImagePrecondition } from '../../../../domain/default-image.ts';
import { Decimal } from '../../../../domain/decimal.ts';
import type { Entity } from '../../../../domain/row.ts';
import { type Value, ValueSet } from '../../../../domain/value.ts';
import type * as Keys from '../keys.ts';
import { entityMarks } from '../entity-marks.ts';
import { type NativeValue, toNative } from '../native-value.ts';
import { namesOf, type TransactItem } from '../write-transaction.ts';
import { entityAttributes, IMAGE_DETAILS } from './image-rows.ts';

const ROW_EXISTS = 'attribute_exists(PK)';
const ROW_IS_ABSENT = 'attribute_not_exists(PK)';

/** Nobody wrote the row: Contrail gives each of its writes a revision of its own. */
const SAME_REVISION = '#revision = :oldRevision';

/** The row was not Contrail's, and still is not: whatever others call a revision, Contrail's own are strings. */
const NO_REVISION = 'NOT attribute_type(#revision, :string)';

/** The row points where it pointed: others may change that without a new revision. */
const SAME_IMAGE = '#image_id = :oldImageId';

/** The row named no image, and still does not. */
const NO_IMAGE = 'NOT attribute_type(#image_id, :string)';

/** What tells one writing of a default row from the next. Rows that others wrote have no revision. */
export interface RowRevision {
  readonly revision?: string;
  readonly imageId?: string;
}

export function revisionOf(row: Readonly<Record<string, unknown>>): RowRevision {
  const { revision, image_id: imageId } = row;
  return {
    ...(typeof revision === 'string' ? { revision } : {}),
    ...(typeof imageId === 'string' ? { imageId } : {}),
  };
}

/** The table, and what makes the keys of its rows. */
export interface KeyedTable {
  readonly table: string;
  readonly keys: typeof Keys;
}

/** Puts or deletes a default row, on condition that it is as it was read. */
export function defaultRowWrite(
  { table: TableName, keys }: KeyedTable,
  { view: { entity, revision }, image }: DefaultImageWrite,
): TransactItem {
  const Key = keys.defaultRowKey(entity);
  const condition =
    revision === undefined
      ? { ConditionExpression: ROW_IS_ABSENT }
      : conditionOf(JSON.parse(revision) as RowRevision);
  if (image === undefined) return { Delete: { TableName, Key, ...condition } };
  const attributes = Object.entries(image.attributes).map(
    ([name, value]) => [name, toNative(value)] as const,
  );
  const Item = {
    ...Object.fromEntries(attributes),
    ...entityAttributes(entity),
    image_id: image.imageId,
    revision: randomUUID(),
    ...Key,
    ...entityMarks('default-image'),
  };
  return { Put: { TableName, Item, ...condition } };
}

function conditionOf({ revision, imageId }: RowRevision) {
  return {
    ConditionExpression: [
      ROW_EXISTS,
      revision === undefined ? NO_REVISION : SAME_REVISION,
      imageId === undefined ? NO_IMAGE : SAME_IMAGE,
    ].join(' AND '),
    ExpressionAttributeNames: namesOf(['revision', 'image_id']),
    // DynamoDB refuses values that stand for nothing.
    ExpressionAttributeValues: {
      ...(revision !== undefined && { ':oldRevision': revision }),
      ...(imageId !== undefined && { ':oldImageId': imageId }),
      ...((revision === undefined || imageId === undefined) && { ':string': 'S' }),
    },
  };
}

/** Checks that an image says what it said, and has no other details; or that it is still not there. */
export function imageCheck(
  { table: TableName, keys }: KeyedTable,
  entity: Entity,
  { imageId, image }: ImagePrecondition,
): NonNullable<TransactItem['ConditionCheck']> {
  const row = { TableName, Key: keys.imageKey(entity, imageId) };
  if (image === undefined) return { ...row, ConditionExpression: ROW_IS_ABSENT };
  const values: Record<string, NativeValue> = {};
  const details = IMAGE_DETAILS.map((name) => {
    const value = (image.attributes as Partial<Image['attributes']>)[name];
    if (value === undefined) return `attribute_not_exists(#${name})`;
    // The SDK may have lost some of the names in a list or map, and a condition on the rest would never hold.
    if (!isComparable(value)) return `attribute_exists(#${name})`;
    values[`:${name}`] = toNative(value);
    return `#${name} = :${name}`;
  });
  return {
    ...row,
    ConditionExpression: [ROW_EXISTS, ...details].join(' AND '),
    ExpressionAttributeNames: namesOf(IMAGE_DETAILS),
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
  };
}

function isComparable(value: Value): boolean {
  return (
    typeof value !== 'object' ||
    value === null ||
    value instanceof Decimal ||
    value instanceof Uint8Array ||
    value instanceof ValueSet
  );
}

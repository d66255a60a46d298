import type { Image } from '../../../domain/default-image.ts';
import { Decimal } from '../../../domain/decimal.ts';
import { type Value, ValueSet } from '../../../domain/value.ts';
import { IMAGE_DETAILS, type ImageDetail } from './entities.ts';
import { toNative } from './native-value.ts';

/** The part of ElectroDB's condition operations that is used here. */
interface Operations {
  readonly eq: (attribute: unknown, value: unknown) => string;
  readonly exists: (attribute: unknown) => string;
  readonly notExists: (attribute: unknown) => string;
  readonly type: (attribute: unknown, type: 'S') => string;
  readonly field: (name: string) => string;
}

/*
 * Conditions on keys stand in a `where` of their own. ElectroDB takes a value that reads like what `field` returned
 * in the same `where` for that very field: an image with the caption `#PK` would be compared with its key.
 */

export function rowExists(_row: unknown, { field }: Operations): string {
  return `attribute_exists(${field('PK')})`;
}

export function rowIsAbsent(_row: unknown, { field }: Operations): string {
  return `attribute_not_exists(${field('PK')})`;
}

/** What tells one writing of a default row from the next. Rows that others wrote have no revision. */
export interface RowCondition {
  readonly revision?: string;
  readonly imageId?: string;
}

export function conditionOf(row: Readonly<Record<string, unknown>>): RowCondition {
  const { revision, image_id: imageId } = row;
  return {
    ...(typeof revision === 'string' ? { revision } : {}),
    ...(typeof imageId === 'string' ? { imageId } : {}),
  };
}

/** The row has the revision that was read, or none, and points to the image that it pointed to. */
export function rowStillIs({ revision, imageId }: RowCondition) {
  return (
    row: { readonly revision: unknown; readonly image_id: unknown },
    { eq, type }: Operations,
  ): string => {
    // Whatever others call a revision, Contrail's own are strings.
    const same = revision === undefined ? `NOT ${type(row.revision, 'S')}` : eq(row.revision, revision);
    return imageId === undefined ? same : `${same} AND ${eq(row.image_id, imageId)}`;
  };
}

/**
 * The image says what it said. Of a list or a map only that it is there: the SDK may have lost some of its names,
 * and a condition on the rest would never hold.
 */
export function imageStillSays({ attributes }: Image) {
  return (row: Readonly<Record<ImageDetail, unknown>>, { eq, exists, notExists }: Operations): string =>
    IMAGE_DETAILS.map((name) => {
      const value = attributes[name];
      if (value === undefined) return notExists(row[name]);
      return isComparable(value) ? eq(row[name], toNative(value)) : exists(row[name]);
    }).join(' AND ');
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

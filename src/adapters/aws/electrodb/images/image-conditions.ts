import type { Image } from '../../../../domain/default-image.ts';
import { Decimal } from '../../../../domain/decimal.ts';
import { type Value, ValueSet } from '../../../../domain/value.ts';
import { IMAGE_DETAILS, type ImageDetail } from './image-rows.ts';
import { type NativeValue, toNative } from '../native-value.ts';

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

/** The row has the revision that was read, or none, and points to the image that it pointed to, or to none. */
export function rowStillIs({ revision, imageId }: RowCondition) {
  return (
    row: { readonly revision: unknown; readonly image_id: unknown },
    { eq, type }: Operations,
  ): string => {
    // Whatever others call a revision, Contrail's own are strings.
    const same = revision === undefined ? `NOT ${type(row.revision, 'S')}` : eq(row.revision, revision);
    const points = imageId === undefined ? `NOT ${type(row.image_id, 'S')}` : eq(row.image_id, imageId);
    return `${same} AND ${points}`;
  };
}

/** What an image said. */
export interface ImageCondition {
  /** Details and their values. */
  readonly equal: Readonly<Partial<Record<ImageDetail, NativeValue>>>;
  /** Details of which it is only known that they are there. */
  readonly present: readonly ImageDetail[];
}

/**
 * Of a list or a map only that it is there: the SDK may have lost some of its names, and a condition on the rest
 * would never hold.
 */
export function imageConditionOf({ attributes }: Image): ImageCondition {
  const equal: Partial<Record<ImageDetail, NativeValue>> = {};
  const present: ImageDetail[] = [];
  for (const name of IMAGE_DETAILS) {
    const value = attributes[name];
    if (value === undefined) continue;
    if (isComparable(value)) equal[name] = toNative(value);
    else present.push(name);
  }
  return { equal, present };
}

/** The image says what it said, and has no other details. */
export function imageStillSays({ equal, present }: ImageCondition) {
  return (row: Readonly<Record<ImageDetail, unknown>>, { eq, exists, notExists }: Operations): string =>
    IMAGE_DETAILS.map((name) => {
      if (present.includes(name)) return exists(row[name]);
      return name in equal ? eq(row[name], equal[name]) : notExists(row[name]);
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

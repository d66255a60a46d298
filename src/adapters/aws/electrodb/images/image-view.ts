import type { EntityView } from '../../../../application/ports/image-repository.ts';
import { defaultImageOf, type Image, imageOf } from '../../../../domain/default-image.ts';
import { Fault } from '../../../../domain/fault.ts';
import type { Entity } from '../../../../domain/row.ts';
import { type Attributes, DecodedAttributes } from '../../../../domain/value.ts';
import type { RawKey } from '../batch-get.ts';
import { revisionOf } from './default-row-transaction.ts';
import { IMAGE_SK_PREFIX } from './image-rows.ts';
import { fromNative } from '../native-value.ts';

/** DynamoDB's limit on a sort key. */
const MAX_SK_BYTES = 1024;

/** A row's attributes, keys among them. */
export type Row = RawKey & Readonly<Record<string, unknown>>;

/** An entity as its default row and its newest image show it; its target only where that is the newest. */
export function viewOf(
  entity: Entity,
  row: Row | undefined | Fault,
  newest: Image | undefined | Fault,
): EntityView | Fault {
  if (Fault.is(row)) return row;
  if (Fault.is(newest)) return newest;
  const current = row && defaultImageOf(attributesOf(row));
  return {
    entity,
    newest,
    current,
    target: current !== undefined && current.imageId === newest?.imageId ? newest : undefined,
    revision: row && JSON.stringify(revisionOf(row)),
  };
}

export interface ViewWithDefault extends EntityView {
  readonly current: Image;
}

/** The default row points to an image that has not been read yet. */
export function pointsElsewhere(view: EntityView | Fault): view is ViewWithDefault {
  return (
    !Fault.is(view) &&
    view.current !== undefined &&
    view.current.imageId !== view.newest?.imageId &&
    fitsSortKey(view.current.imageId)
  );
}

/** A default row may point to what no key can name; asking for it would fail the whole request. */
export function fitsSortKey(imageId: string): boolean {
  return imageId !== '' && Buffer.byteLength(IMAGE_SK_PREFIX + imageId) <= MAX_SK_BYTES;
}

/**
 * The newest image, of the row with the highest key that begins like an image's, if there is one. A row whose key ends
 * there as well is no image; it has the lowest of such keys, and so comes only where there are no images.
 */
export function newestImage(entity: Entity, [row]: readonly Row[]): Image | undefined {
  return row === undefined || row.SK === IMAGE_SK_PREFIX ? undefined : imageOfRow(entity, row);
}

/** By its key as the table has it: ElectroDB does not take a key with a line break for one of its own. */
export function imageOfRow(entity: Entity, row: Row): Image {
  return imageOf(entity, row.SK.slice(IMAGE_SK_PREFIX.length), attributesOf(row));
}

function attributesOf(row: Readonly<Record<string, unknown>>): Attributes {
  const present = Object.entries(row).filter(([, value]) => value !== undefined);
  return new DecodedAttributes(new Map(present.map(([name, value]) => [name, fromNative(value)])));
}

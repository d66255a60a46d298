import { compareUtf8 } from './compare-texts.ts';
import type { Entity } from './row.ts';
import { type Attributes, equalRecords, type Value } from './value.ts';

/** What an image row carries, and its default row repeats. */
export const IMAGE_ATTRIBUTES = [
  'org_id',
  'entity_type',
  'entity_id',
  'image_id',
  'url',
  'thumbnail_url',
  'caption',
  'credit',
  'width',
  'height',
  'uploaded_at',
] as const;

/** An image, or what the default row says of one. */
export interface Image {
  readonly imageId: string;
  /** The row's `IMAGE_ATTRIBUTES`, those that it has. */
  readonly attributes: Readonly<Record<string, Value>>;
}

/**
 * Everything that is needed to decide on an entity's default image. Its parts may come from reads at different
 * moments, and so show what was never true at once: see `contradictsItself`.
 */
export interface EntityImages {
  readonly entity: Entity;
  /** The image with the highest id; undefined when the entity has no images. */
  readonly newest: Image | undefined;
  /** What the default row says; undefined when there is none. */
  readonly current: Image | undefined;
  /** The image that the default row points to, as it is now; undefined when it is gone, or there is no default row. */
  readonly target: Image | undefined;
}

/**
 * Whether a view shows what was never true at once, so that nothing may be decided on it: the target was found,
 * although there is no newest image, or it is older than the target, or another image with that id.
 *
 * Nobody else would correct such a decision. A change of an image is handled after it is made, so whoever handles an
 * entity's last change reads the images in their final state, and leaves the default row right. A decision on older
 * reads is harmless unless its write can pass its conditions and make a right row wrong. The conditions are that the
 * default row is as it was read, and so is each image of `preconditionsOf`. Whatever the moments of the reads:
 *
 * - `create`, `switch` and `repair` check the image that they write, and `switch` that the old one is still gone: where
 *   they pass, the row becomes right.
 * - `remove` without a target checks that it is still gone: where it passes, the row was not right.
 * - `remove` with a target checks that it is still there: it would pass exactly where the row is right. That is this
 *   contradiction: the newest image was read before the target came, and the default row after it was pointed there.
 */
export function contradictsItself({ newest, current, target }: EntityImages): boolean {
  if (newest === undefined) return target !== undefined;
  if (current?.imageId === newest.imageId) return !equalImages(target, newest);
  return target !== undefined && compareUtf8(newest.imageId, target.imageId) < 0;
}

export type DefaultImageDecision =
  /** The default row is as it must be: write nothing. */
  | { readonly action: 'keep' }
  /** No images remain: remove the default row. */
  | { readonly action: 'remove' }
  /** `create` where there was none, `switch` from an image that is gone, `repair` where attributes differ. */
  | { readonly action: 'create' | 'switch' | 'repair'; readonly image: Image };

/**
 * Decides on a view that does not contradict itself. Four cases: no images, no default row; images, and so a default
 * row; a default row whose image is gone moves to the newest; a valid one stays, even beside a newer image.
 */
export function decideDefaultImage({ newest, current, target }: EntityImages): DefaultImageDecision {
  if (newest === undefined) return current === undefined ? { action: 'keep' } : { action: 'remove' };
  if (current === undefined) return { action: 'create', image: newest };
  if (target === undefined) return { action: 'switch', image: newest };
  return equalRecords(current.attributes, target.attributes)
    ? { action: 'keep' }
    : { action: 'repair', image: target };
}

/** What must be true of one image for a write of the default row to be right. */
export interface ImagePrecondition {
  readonly imageId: string;
  /** What the image must still say; undefined where there must still be none with that id. */
  readonly image: Image | undefined;
}

/**
 * What a write of the default row depends on, beside that row itself: its target, and the image that it is to repeat,
 * `written`, each as it was read.
 *
 * @returns one precondition per image; undefined where the two contradict each other, because no single state of the
 *   table has both.
 */
export function preconditionsOf(
  { current, target }: EntityImages,
  written: Image | undefined,
): readonly ImagePrecondition[] | undefined {
  // A default row that names no image has no target that could come or go.
  const preconditions =
    current === undefined || current.imageId === '' ? [] : [{ imageId: current.imageId, image: target }];
  if (written === undefined) return preconditions;
  if (current?.imageId !== written.imageId)
    return [...preconditions, { imageId: written.imageId, image: written }];
  return equalImages(target, written) ? preconditions : undefined;
}

/** Whether both are the same image and say the same, or both are none. */
export function equalImages(a: Image | undefined, b: Image | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.imageId === b.imageId && equalRecords(a.attributes, b.attributes);
}

/** The image in a row. Its key says which one it is, and overrides what its attributes say. */
export function imageOf({ orgId, entityType, entityId }: Entity, imageId: string, row: Attributes): Image {
  const identity = { org_id: orgId, entity_type: entityType, entity_id: entityId, image_id: imageId };
  return { imageId, attributes: { ...imageAttributes(row), ...identity } };
}

/** What a default row says, right or wrong. One that names no image has no target. */
export function defaultImageOf(row: Attributes): Image {
  const imageId = row.get('image_id');
  return { imageId: typeof imageId === 'string' ? imageId : '', attributes: imageAttributes(row) };
}

function imageAttributes(row: Attributes): Record<string, Value> {
  const attributes: Record<string, Value> = {};
  for (const name of IMAGE_ATTRIBUTES) {
    const value = row.get(name);
    if (value !== undefined) attributes[name] = value;
  }
  return attributes;
}

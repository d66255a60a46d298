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
 * Everything that is needed to decide on an entity's default image. Perhaps put together from reads of different
 * moments: then it may show what was true at none, see `contradictsItself`.
 */
export interface EntityImages {
  readonly entity: Entity;
  /** The image with the highest id; undefined when the entity has no images. */
  readonly newest: Image | undefined;
  /** What the default row says; undefined when there is none. */
  readonly current: Image | undefined;
  /** The image that the default row points to, as it is now; undefined when it is gone, or there is no default. */
  readonly pointed: Image | undefined;
}

/**
 * Whether a view shows what was true at no moment, so that nothing may be decided on it: the image that the default
 * points to was found, although the newest image is none, an older one, or another image of that id.
 *
 * Nobody else would make up for such a decision. A change of an image is handled after it is made, so whoever handles
 * an entity's last change reads the images as they stay, and leaves the default row right. What is decided on older
 * reads is harmless as long as its write cannot pass its conditions and make a right row wrong. Those are that the
 * default row is as it was read, and each image of `groundsOf` too; whatever the moments of the reads:
 *
 * - `create`, `switch` and `repair` check the very image that they write, and `switch` that the old one is still gone:
 *   where they pass, the row becomes right.
 * - `remove` with the pointed image not found checks that it is still gone: where it passes, the row was not right.
 * - `remove` with the pointed image found checks that it is still there: it would pass just where the row is right.
 *   That is this contradiction: the newest was asked for before the image came, and the default row after somebody had
 *   let it point there.
 */
export function contradictsItself({ newest, current, pointed }: EntityImages): boolean {
  if (newest === undefined) return pointed !== undefined;
  if (current?.imageId === newest.imageId) return !equalImages(pointed, newest);
  return pointed !== undefined && compareUtf8(newest.imageId, pointed.imageId) < 0;
}

export type DefaultImageDecision =
  /** The default row is as it must be: write nothing. */
  | { readonly action: 'keep' }
  /** No images remain: remove the default row. */
  | { readonly action: 'remove' }
  /** `create` where there was none, `switch` from an image that is gone, `repair` where attributes differ. */
  | { readonly action: 'create' | 'switch' | 'repair'; readonly image: Image };

/**
 * The four cases of an entity's default image, of a view that does not contradict itself: no images, no default; a default only if there are images; a
 * default whose image is gone moves to the newest; a valid default stays, even beside a newer image.
 */
export function decideDefaultImage({ newest, current, pointed }: EntityImages): DefaultImageDecision {
  if (newest === undefined) return current === undefined ? { action: 'keep' } : { action: 'remove' };
  if (current === undefined) return { action: 'create', image: newest };
  if (pointed === undefined) return { action: 'switch', image: newest };
  return equalRecords(current.attributes, pointed.attributes)
    ? { action: 'keep' }
    : { action: 'repair', image: pointed };
}

/** What must be true of one image for a write of the default row to be right. */
export interface ImageGround {
  readonly imageId: string;
  /** What the image must still say; undefined where there must still be none with that id. */
  readonly image: Image | undefined;
}

/**
 * What a write of the default row rests on, beside that row itself: the image that the row points to, and the image
 * that it is to repeat, `written`, each as it was read.
 *
 * @returns one ground an image; undefined where the two contradict each other, so that no table could bear them out.
 */
export function groundsOf(
  { current, pointed }: EntityImages,
  written: Image | undefined,
): readonly ImageGround[] | undefined {
  // A default row that names no image points to none that could come or go.
  const grounds =
    current === undefined || current.imageId === '' ? [] : [{ imageId: current.imageId, image: pointed }];
  if (written === undefined) return grounds;
  if (current?.imageId !== written.imageId) return [...grounds, { imageId: written.imageId, image: written }];
  return equalImages(pointed, written) ? grounds : undefined;
}

/** Whether both are the same image and say the same, or both are none. */
export function equalImages(a: Image | undefined, b: Image | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.imageId === b.imageId && equalRecords(a.attributes, b.attributes);
}

/** The image that a row is. Its key says which one it is, so that goes before what its attributes say. */
export function imageOf({ orgId, entityType, entityId }: Entity, imageId: string, row: Attributes): Image {
  const identity = { org_id: orgId, entity_type: entityType, entity_id: entityId, image_id: imageId };
  return { imageId, attributes: { ...imageAttributes(row), ...identity } };
}

/** What a default row says, right or wrong. One that names no image points to none that exists. */
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

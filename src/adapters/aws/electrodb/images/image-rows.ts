import { IMAGE_ATTRIBUTES } from '../../../../domain/default-image.ts';
import type { Entity } from '../../../../domain/row.ts';

export const IMAGE_SK_PREFIX = 'IMG#';

const IDENTITY = ['org_id', 'entity_type', 'entity_id', 'image_id'] as const;

/** An attribute that a default row repeats of its image, beside what the keys say. */
export type ImageDetail = Exclude<(typeof IMAGE_ATTRIBUTES)[number], (typeof IDENTITY)[number]>;

export const IMAGE_DETAILS = IMAGE_ATTRIBUTES.filter(
  (name): name is ImageDetail => !(IDENTITY as readonly string[]).includes(name),
);

/** The attributes that the keys of an entity's rows are made of. */
export function entityAttributes({ orgId, entityType, entityId }: Entity) {
  return { org_id: orgId, entity_type: entityType, entity_id: entityId };
}

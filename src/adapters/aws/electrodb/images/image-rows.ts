import type { IMAGE_ATTRIBUTES } from '../../../../domain/default-image.ts';

type IdentityAttribute = 'org_id' | 'entity_type' | 'entity_id' | 'image_id';

/** What a default row repeats of its image, beside what the keys say. */
export const DETAILS = {
  url: { type: 'any' },
  thumbnail_url: { type: 'any' },
  caption: { type: 'any' },
  credit: { type: 'any' },
  width: { type: 'any' },
  height: { type: 'any' },
  uploaded_at: { type: 'any' },
} as const satisfies Record<Exclude<(typeof IMAGE_ATTRIBUTES)[number], IdentityAttribute>, object>;

export type ImageDetail = keyof typeof DETAILS;

export const IMAGE_DETAILS = Object.keys(DETAILS) as readonly ImageDetail[];

export const IMAGE_SK_PREFIX = 'IMG#';

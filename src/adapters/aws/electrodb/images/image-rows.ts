/** What a default row repeats of its image, beside what the keys say. */
export const DETAILS = {
  url: { type: 'any' },
  thumbnail_url: { type: 'any' },
  caption: { type: 'any' },
  credit: { type: 'any' },
  width: { type: 'any' },
  height: { type: 'any' },
  uploaded_at: { type: 'any' },
} as const;

export type ImageDetail = keyof typeof DETAILS;

export const IMAGE_DETAILS = Object.keys(DETAILS) as readonly ImageDetail[];

export const IMAGE_SK_PREFIX = 'IMG#';

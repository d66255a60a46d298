import { ulid } from 'ulid';
import { expiry, number, text, time } from './attribute.ts';
import { MODELS } from './catalogue.ts';
import type { Random } from '../../random/random.ts';
import type { FeedContext } from './feed-context.ts';
import type { Item } from './table.ts';
import * as words from './words.ts';

/** Whose images, of what. */
export interface Subject {
  readonly orgId: string;
  readonly entityType: 'ICAO' | 'REGISTRATION';
  readonly entityId: string;
}

const TENANTS = ['acme-air', 'flugschule münchen', "spotter's club", 'ORG_7F3A', '100%wings'];
const SIZES = [
  [1024, 683],
  [1600, 1067],
  [2048, 1365],
  [4000, 3000],
] as const;
/** How long a preview lives. */
export const PREVIEW = 4 * 60_000;

function galleryKey({ orgId, entityType, entityId }: Subject): string {
  return `IMAGES#ORG#${orgId}#ENTITY#${entityType}#ID#${entityId}`;
}

/** The first four are all that can be: the platform's and a tenant's, of a type and of a registration. */
export function firstSubject(n: number, registration = 'N1'): Subject {
  const orgId = n % 2 === 0 ? 'SYSTEM' : 'flugschule münchen';
  return n < 2
    ? { orgId, entityType: 'ICAO', entityId: 'AS 350 Écureuil' }
    : { orgId, entityType: 'REGISTRATION', entityId: registration };
}

/** Anything that has images: mostly the platform's own of a registration. */
export function subjectOf(random: Random, registration: string | undefined): Subject {
  const orgId = random.chance(0.65) ? 'SYSTEM' : random.pick(TENANTS);
  if (registration !== undefined && random.chance(0.75))
    return { orgId, entityType: 'REGISTRATION', entityId: registration };
  const model = random.pick(MODELS);
  // Some are of a variant, which has no designator of its own.
  return {
    orgId,
    entityType: 'ICAO',
    entityId: random.chance(0.7) ? model.designator : random.pick(model.names),
  };
}

/** Adds the row of an image that is uploaded now, with little time to live if it is a preview only. */
export function insertImage({ table, random }: FeedContext, subject: Subject, preview: boolean): Item {
  const imageId = ulid(table.now, () => random.fraction());
  const [width, height] = random.pick(SIZES);
  return table.insert(galleryKey(subject), `IMG#${imageId}`, {
    org_id: text(subject.orgId),
    entity_type: text(subject.entityType),
    entity_id: text(subject.entityId),
    image_id: text(imageId),
    url: text(`https://img.example.com/${imageId}.jpg`),
    thumbnail_url: text(`https://img.example.com/${imageId}_t.jpg`),
    ...(random.chance(0.85) && { caption: text(words.caption(random)) }),
    ...(random.chance(0.8) && { credit: text(words.credit(random)) }),
    width: number(width),
    height: number(height),
    uploaded_at: time(table.now),
    ...(random.chance(0.1) && { tags: words.tags(random) }),
    ...(preview && { ttl: expiry(table.now + PREVIEW) }),
  });
}

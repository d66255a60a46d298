import { Entity } from 'electrodb';

/* The rows of the fleet's own table that Contrail reads and writes, as ElectroDB entities: it would write the same. */
const SERVICE = 'contrail';

/** What a default row repeats of its image, beside what the keys say. */
export const IMAGE_DETAILS = [
  'url',
  'thumbnail_url',
  'caption',
  'credit',
  'width',
  'height',
  'uploaded_at',
] as const;

const IMAGE_ATTRIBUTES = {
  org_id: { type: 'string', required: true },
  entity_type: { type: 'string', required: true },
  entity_id: { type: 'string', required: true },
  url: { type: 'any' },
  thumbnail_url: { type: 'any' },
  caption: { type: 'any' },
  credit: { type: 'any' },
  width: { type: 'any' },
  height: { type: 'any' },
  uploaded_at: { type: 'any' },
} as const;

const ENTITY_PK = {
  field: 'PK',
  composite: ['org_id', 'entity_type', 'entity_id'],
  template: 'IMAGES#ORG#${org_id}#ENTITY#${entity_type}#ID#${entity_id}',
  casing: 'none',
} as const;

/** The images of an entity. */
export const IMAGES = new Entity({
  model: { entity: 'image', version: '1', service: SERVICE },
  attributes: { ...IMAGE_ATTRIBUTES, image_id: { type: 'string', required: true } },
  indexes: {
    images: {
      pk: ENTITY_PK,
      sk: { field: 'SK', composite: ['image_id'], template: 'IMG#${image_id}', casing: 'none' },
    },
  },
} as const);

/** An entity's default row, beside its images. */
export const DEFAULT_ROWS = new Entity({
  model: { entity: 'default-image', version: '1', service: SERVICE },
  attributes: { ...IMAGE_ATTRIBUTES, image_id: { type: 'any' }, revision: { type: 'any' } },
  indexes: {
    defaults: { pk: ENTITY_PK, sk: { field: 'SK', composite: [], template: 'DEFAULT', casing: 'none' } },
  },
} as const);

/** How many link rows hold a tuple. */
export const TUPLES = new Entity({
  model: { entity: 'matcher-tuple', version: '1', service: SERVICE },
  attributes: {
    manufacturer: { type: 'string', required: true },
    model: { type: 'string', required: true },
    type_designator: { type: 'string', required: true },
    count: { type: 'any' },
  },
  indexes: {
    tuples: {
      pk: {
        field: 'PK',
        composite: ['manufacturer'],
        template: 'ICAO#MATCHER#MFR#${manufacturer}',
        casing: 'none',
      },
      sk: {
        field: 'SK',
        composite: ['model', 'type_designator'],
        template: 'MODEL#${model}#TYPE#${type_designator}',
        casing: 'none',
      },
    },
  },
} as const);

import { Entity } from 'electrodb';
import { IMAGE_DETAILS, IMAGE_SK_PREFIX, type ImageDetail } from './images/image-rows.ts';
import { TYPE_SEPARATOR } from './matcher/tuple-row.ts';

/*
 * The rows that Contrail reads and writes, as ElectroDB entities. Their keys are those of the table, letter by
 * letter: ElectroDB would lower-case them, hence `casing: 'none'` everywhere. Attributes of type `any` pass
 * through untouched, because ElectroDB's own number type would round.
 */
const SERVICE = 'contrail';

const IMAGE_ATTRIBUTES = {
  org_id: { type: 'string', required: true },
  entity_type: { type: 'string', required: true },
  entity_id: { type: 'string', required: true },
  ...(Object.fromEntries(IMAGE_DETAILS.map((name) => [name, { type: 'any' }])) as Record<
    ImageDetail,
    { readonly type: 'any' }
  >),
} as const;

const ENTITY_PK = {
  field: 'PK',
  composite: ['org_id', 'entity_type', 'entity_id'],
  template: 'IMAGES#ORG#${org_id}#ENTITY#${entity_type}#ID#${entity_id}',
  casing: 'none',
} as const;

/** The images of an entity. Read only: the application writes them. */
export const IMAGES = new Entity({
  model: { entity: 'image', version: '1', service: SERVICE },
  attributes: { ...IMAGE_ATTRIBUTES, image_id: { type: 'string', required: true } },
  indexes: {
    images: {
      pk: ENTITY_PK,
      sk: {
        field: 'SK',
        composite: ['image_id'],
        template: `${IMAGE_SK_PREFIX}\${image_id}`,
        casing: 'none',
      },
    },
  },
} as const);

/** An entity's default row, beside its images. `revision` is new with every write. */
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
        template: `MODEL#\${model}${TYPE_SEPARATOR}\${type_designator}`,
        casing: 'none',
      },
    },
  },
} as const);

/**
 * What was last counted for a link row: in the state table, under the link row's own keys joined, so that its
 * partitions are as many as its rows.
 */
export const LINK_STATES = new Entity({
  model: { entity: 'link-state', version: '1', service: SERVICE },
  attributes: {
    mfr_mdl_code: { type: 'string', required: true },
    serial_number: { type: 'string', required: true },
    /** A number; absent in rows that were written before there were generations, which means 0. */
    generation: { type: 'any' },
    epoch: { type: 'string', required: true },
    sequence: { type: 'string', required: true },
    removed: { type: 'boolean', required: true },
    manufacturer: { type: 'string' },
    model: { type: 'string' },
    type_designator: { type: 'string' },
    /** Seconds since 1970; the table's time-to-live attribute. Set on tombstones only. */
    expires_at: { type: 'any' },
  },
  indexes: {
    states: {
      pk: {
        field: 'PK',
        composite: ['mfr_mdl_code', 'serial_number'],
        template: 'FAA#LINKS#MFR_MDL_CODE#${mfr_mdl_code}#SN#${serial_number}',
        casing: 'none',
      },
      sk: { field: 'SK', composite: [], template: 'STATE', casing: 'none' },
    },
  },
} as const);

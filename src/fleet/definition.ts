import { counts } from '../domain/definition/counts.ts';
import { defineTable } from '../domain/definition/define-table.ts';
import { documents } from '../domain/definition/documents.ts';
import { pointer } from '../domain/definition/pointer.ts';
import { row } from '../domain/definition/row.ts';

/* The aircraft fleet's table: what is derived from its rows. Attributes are in snake_case, as the table has them. */

const REGISTRATION = [
  ...['registration', 'serial_number', 'manufacturer', 'model', 'type_designator', 'icao24'],
  ...['year_manufactured', 'status', 'owner_name', 'country', 'updated_at'],
];

const IMAGE = [
  ...['org_id', 'entity_type', 'entity_id', 'image_id', 'url', 'thumbnail_url'],
  ...['caption', 'credit', 'width', 'height', 'uploaded_at'],
];

/** What their fields hold. */
const REGISTRATION_TYPES = {
  ...texts('registration', 'serial_number', 'owner_name', 'icao24', 'updated_at'),
  ...facets('manufacturer', 'model', 'type_designator', 'status', 'country'),
  year_manufactured: 'int32',
  registry: { type: 'string', facet: true },
} as const;

const faa = row({ PK: 'AIRCRAFT#REGISTRY#FAA', SK: 'DETAIL#<registration>' }, { strict: true });
const foreign = row({ PK: 'AIRCRAFT#REGISTRY#FOREIGN', SK: 'DETAIL#<registration>' }, { strict: true });

/** An image's id sorts by the time of its upload. */
const image = row(
  { PK: 'IMAGES#ORG#<org_id>#ENTITY#<entity_type>#ID#<entity_id>', SK: 'IMG#<image_id>' },
  { strict: true, parts: { entity_type: ['ICAO', 'REGISTRATION'] } },
);

const icaoType = row({ PK: 'ICAO#AIRCRAFT', SK: 'TYPE#<designator>' }, { strict: true });
const icaoManufacturer = row({ PK: 'ICAO#MANUFACTURERS', SK: 'MFR#<code>' }, { strict: true });
const icaoVariant = row({ PK: 'ICAO#VARIANTS', SK: '<anything>' }, { strict: true, derives: 'nothing' });
const link = row({ PK: 'FAA#LINKS', SK: 'MFR_MDL_CODE#<code>#SN#<serial>' }, { strict: true });

export const fleet = defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: {
    'faa-registration': faa,
    'foreign-registration': foreign,
    image,
    'icao-type': icaoType,
    'icao-manufacturer': icaoManufacturer,
    'icao-variant': icaoVariant,
    link,
  },
  derive: {
    'faa-registry': documents(faa, {
      collection: 'registry',
      id: 'FAA:<registration>',
      fields: REGISTRATION,
      constants: { registry: 'FAA' },
      types: REGISTRATION_TYPES,
    }),
    'foreign-registry': documents(foreign, {
      collection: 'registry',
      id: 'FOREIGN:<registration>',
      fields: REGISTRATION,
      constants: { registry: 'FOREIGN' },
      types: REGISTRATION_TYPES,
    }),
    // Only the images that the platform itself has of registrations can be searched for.
    'image-search': documents(image, {
      collection: 'aircraft_images',
      id: ['entity_id', 'image_id'],
      fields: IMAGE,
      where: { org_id: 'SYSTEM', entity_type: 'REGISTRATION' },
      types: {
        ...texts('org_id', 'entity_type', 'entity_id', 'image_id', 'url', 'thumbnail_url'),
        ...texts('caption', 'credit', 'uploaded_at'),
        ...{ width: 'int32', height: 'int32' },
      },
    }),
    'type-search': documents(icaoType, {
      collection: 'icao_aircraft',
      fields: [
        ...['designator', 'manufacturer', 'model', 'description'],
        ...['engine_type', 'engine_count', 'wake_category'],
      ],
      types: {
        ...texts('designator', 'model', 'description'),
        ...facets('manufacturer', 'engine_type', 'wake_category'),
        engine_count: 'int32',
      },
    }),
    'manufacturer-search': documents(icaoManufacturer, {
      collection: 'icao_manufacturers',
      fields: ['code', 'name', 'country'],
      types: { ...texts('code', 'name'), ...facets('country') },
    }),
    'default-image': pointer(image, { at: { SK: 'DEFAULT' }, choose: 'keep', repeat: IMAGE }),
    'matcher-tuple': counts(link, {
      by: ['manufacturer', 'model', 'type_designator'],
      at: { PK: 'ICAO#MATCHER#MFR#<manufacturer>', SK: 'MODEL#<model>#TYPE#<type_designator>' },
      state: { partition: 'FAA#LINKS#MFR_MDL_CODE#<code>#SN#<serial>', sort: 'STATE' },
    }),
  },
});

function texts(...names: readonly string[]) {
  return Object.fromEntries(names.map((name) => [name, 'string' as const]));
}

/** Texts by whose values results are counted. */
function facets(...names: readonly string[]) {
  return Object.fromEntries(names.map((name) => [name, { type: 'string', facet: true } as const]));
}

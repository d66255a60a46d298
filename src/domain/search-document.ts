import type { Row } from './row.ts';
import { IMAGE_ATTRIBUTES } from './default-image.ts';
import { type Attributes, equalRecords, type Value } from './value.ts';

/** Where a row's document is: its collection, and its id there, unique within it. */
export interface DocumentKey {
  readonly collection: 'registry' | 'aircraft_images' | 'icao_aircraft' | 'icao_manufacturers';
  readonly id: string;
}

/** The document's fields, `id` included. */
export type DocumentFields = Readonly<Record<string, Value>>;

const REGISTRATION_ATTRIBUTES = [
  'registration',
  'serial_number',
  'manufacturer',
  'model',
  'type_designator',
  'icao24',
  'year_manufactured',
  'status',
  'owner_name',
  'country',
  'updated_at',
];
const ICAO_TYPE_ATTRIBUTES = [
  'designator',
  'manufacturer',
  'model',
  'description',
  'engine_type',
  'engine_count',
  'wake_category',
];
const ICAO_MANUFACTURER_ATTRIBUTES = ['code', 'name', 'country'];

/** Only images that the platform itself shows of a registration can be found by searching. */
const INDEXED_IMAGE_OWNER = { orgId: 'SYSTEM', entityType: 'REGISTRATION' };

interface Projection {
  readonly key: DocumentKey;
  readonly attributes: readonly string[];
  readonly constants?: Readonly<Record<string, Value>>;
}

/** Which document a row has in the index; undefined for rows that have none. */
export function documentKeyOf(row: Row): DocumentKey | undefined {
  return projectionOf(row)?.key;
}

/** The row's document: its id, and those of the collection's attributes that the row has. */
export function documentOf(row: Row, attributes: Attributes): DocumentFields | undefined {
  const projection = projectionOf(row);
  if (projection === undefined) return undefined;
  const fields: Record<string, Value> = { id: projection.key.id, ...projection.constants };
  for (const name of projection.attributes) {
    const value = attributes.get(name);
    if (value !== undefined) fields[name] = value;
  }
  return fields;
}

export type SearchDecision =
  | { readonly action: 'none' }
  | { readonly action: 'delete' }
  | { readonly action: 'upsert'; readonly document: DocumentFields };

/** Document gone: delete. Document new or different: upsert. Otherwise nothing. */
export function decideSearch(
  before: DocumentFields | undefined,
  after: DocumentFields | undefined,
): SearchDecision {
  if (after === undefined) return { action: before === undefined ? 'none' : 'delete' };
  if (before !== undefined && equalRecords(before, after)) return { action: 'none' };
  return { action: 'upsert', document: after };
}

function projectionOf(row: Row): Projection | undefined {
  switch (row.kind) {
    case 'registration':
      return {
        key: { collection: 'registry', id: idOf(row.registry, row.registration) },
        attributes: REGISTRATION_ATTRIBUTES,
        constants: { registry: row.registry },
      };
    case 'image':
      if (
        row.entity.orgId !== INDEXED_IMAGE_OWNER.orgId ||
        row.entity.entityType !== INDEXED_IMAGE_OWNER.entityType
      )
        return undefined;
      return {
        key: { collection: 'aircraft_images', id: idOf(row.entity.entityId, row.imageId) },
        attributes: IMAGE_ATTRIBUTES,
      };
    case 'icao-type':
      return {
        key: { collection: 'icao_aircraft', id: idOf(row.designator) },
        attributes: ICAO_TYPE_ATTRIBUTES,
      };
    case 'icao-manufacturer':
      return {
        key: { collection: 'icao_manufacturers', id: idOf(row.code) },
        attributes: ICAO_MANUFACTURER_ATTRIBUTES,
      };
    case 'icao-variant':
    case 'default-image':
    case 'link':
    case 'matcher-tuple':
      return undefined;
  }
}

/** Each part is encoded before the parts are joined, so that no two rows share an id. */
function idOf(...parts: readonly string[]): string {
  return parts.map(encodeURIComponent).join(':');
}

import type { Row } from './row.ts';
import { IMAGE_ATTRIBUTES } from './default-image.ts';
import { type Attributes, equalRecords, type Value } from './value.ts';

type Collection = 'registry' | 'aircraft_images' | 'icao_aircraft' | 'icao_manufacturers';

/** Where a row's document is: its collection, and its id there, unique within it. */
export interface DocumentKey {
  readonly collection: Collection;
  readonly id: string;
}

/** The document's fields, `id` included. */
export type DocumentFields = Readonly<Record<string, Value>>;

/** The attributes of a row that its document repeats. */
const ATTRIBUTES: Readonly<Record<Collection, readonly string[]>> = {
  registry: [
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
  ],
  aircraft_images: IMAGE_ATTRIBUTES,
  icao_aircraft: [
    'designator',
    'manufacturer',
    'model',
    'description',
    'engine_type',
    'engine_count',
    'wake_category',
  ],
  icao_manufacturers: ['code', 'name', 'country'],
};

/** Only images that the platform itself shows of a registration can be found by searching. */
const INDEXED_IMAGE_OWNER = { orgId: 'SYSTEM', entityType: 'REGISTRATION' };

/** Which document a row has in the index; undefined for rows that have none. */
export function documentKeyOf(row: Row): DocumentKey | undefined {
  switch (row.kind) {
    case 'registration':
      return { collection: 'registry', id: idOf(row.registry, row.registration) };
    case 'image':
      if (
        row.entity.orgId !== INDEXED_IMAGE_OWNER.orgId ||
        row.entity.entityType !== INDEXED_IMAGE_OWNER.entityType
      )
        return undefined;
      return { collection: 'aircraft_images', id: idOf(row.entity.entityId, row.imageId) };
    case 'icao-type':
      return { collection: 'icao_aircraft', id: idOf(row.designator) };
    case 'icao-manufacturer':
      return { collection: 'icao_manufacturers', id: idOf(row.code) };
    case 'icao-variant':
    case 'default-image':
    case 'link':
    case 'matcher-tuple':
      return undefined;
  }
}

/**
 * The row's document: its id, and those of the collection's attributes that the row has.
 *
 * @param key the row's own, for those who have it already.
 */
export function documentOf(
  row: Row,
  attributes: Attributes,
  key: DocumentKey | undefined = documentKeyOf(row),
): DocumentFields | undefined {
  if (key === undefined) return undefined;
  const fields: Record<string, Value> = { id: key.id };
  if (row.kind === 'registration') fields['registry'] = row.registry;
  for (const name of ATTRIBUTES[key.collection]) {
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

/** What needs no encoding, as nearly every part of a key: looking is cheaper than encoding. */
const PLAIN = /^[\w.~-]*$/;

/** Each part is encoded before the parts are joined, so that no two rows share an id. */
function idOf(first: string, second?: string): string {
  return second === undefined ? encoded(first) : `${encoded(first)}:${encoded(second)}`;
}

function encoded(part: string): string {
  return PLAIN.test(part) ? part : encodeURIComponent(part);
}

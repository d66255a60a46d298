import type { Row } from './row.ts';
import { IMAGE_ATTRIBUTES } from './default-image.ts';
import { type Attributes, equalValues, type Value } from './value.ts';

export type Collection = 'registry' | 'aircraft_images' | 'icao_aircraft' | 'icao_manufacturers';

/** Where a row's document is: its collection, and its id, unique within it. */
export interface DocumentKey {
  readonly collection: Collection;
  readonly id: string;
}

/** The document's fields, `id` included. */
export type DocumentFields = Readonly<Record<string, Value>>;

/** The attributes of a row that its document repeats. */
export const DOCUMENT_ATTRIBUTES: Readonly<Record<Collection, readonly string[]>> = {
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

/** Only the images that the platform itself has of registrations can be searched for. */
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

/** The row's document: its id, and those of the collection's attributes that the row has. */
export function documentOf(row: Row, attributes: Attributes, key: DocumentKey): DocumentFields {
  const fields: Record<string, Value> = { id: key.id };
  if (row.kind === 'registration') fields['registry'] = row.registry;
  for (const name of DOCUMENT_ATTRIBUTES[key.collection]) {
    const value = attributes.get(name);
    if (value !== undefined) fields[name] = value;
  }
  return fields;
}

export type SearchDecision =
  | { readonly action: 'none' }
  | { readonly action: 'delete' }
  | { readonly action: 'upsert'; readonly document: DocumentFields };

const NONE: SearchDecision = { action: 'none' };
const DELETE: SearchDecision = { action: 'delete' };

/**
 * Row gone: its document is deleted, whatever the row held. Document new or different: upsert. Otherwise nothing.
 *
 * @param before the row's attributes before the change; undefined when there was no row.
 * @param after the row's attributes after it; undefined when the row is gone.
 */
export function decideSearch(
  row: Row,
  key: DocumentKey,
  before: Attributes | undefined,
  after: Attributes | undefined,
): SearchDecision {
  if (after === undefined) return before === undefined ? NONE : DELETE;
  const document = documentOf(row, after, key);
  return before !== undefined && isDocumentOf(before, document, key) ? NONE : { action: 'upsert', document };
}

/** Whether a row of the same key with these attributes would have the same document. */
function isDocumentOf(
  attributes: Attributes,
  document: DocumentFields,
  { collection }: DocumentKey,
): boolean {
  let same = true;
  // Goes on after a difference: whether an attribute can be decoded must not depend on the others.
  for (const name of DOCUMENT_ATTRIBUTES[collection])
    if (!equalValues(attributes.get(name), document[name])) same = false;
  return same;
}

/** Parts that need no encoding, as nearly all: testing is cheaper than encoding. */
const PLAIN = /^(?!\.+$)[\w.~-]*$/;

/**
 * Each part is encoded before the parts are joined, so that no two rows share an id. A part of nothing but dots is
 * encoded too: in a path, a client's id `..` would name the collection.
 */
function idOf(first: string, second?: string): string {
  return second === undefined ? encoded(first) : `${encoded(first)}:${encoded(second)}`;
}

function encoded(part: string): string {
  if (PLAIN.test(part)) return part;
  return /^\.+$/.test(part) ? part.replaceAll('.', '%2E') : encodeURIComponent(part);
}

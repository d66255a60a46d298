import type { Attributes, Value } from '../domain/value.ts';

/** The collections of the fleet's documents. */
type Collection = 'registry' | 'aircraft_images' | 'icao_aircraft' | 'icao_manufacturers';

/** An entity's images by id, each with the attributes that its default row must repeat. */
export type ImagesById = Map<string, Record<string, Value>>;

/** What must be derived from the fleet's rows. */
export interface FleetRecount {
  /** By collection, then by id. */
  readonly documents: Map<Collection, Map<string, Record<string, Value>>>;
  /** By partition key. */
  readonly images: Map<string, ImagesById>;
  /** By tuple, as `[manufacturer, model, type designator]` in JSON. */
  readonly counts: Map<string, number>;
}

/** The attributes that a collection's documents repeat. A collection that is added needs its own here, and rows below. */
const FIELDS: Readonly<Record<Collection, string>> = {
  registry:
    'registration serial_number manufacturer model type_designator icao24 year_manufactured status owner_name country updated_at',
  aircraft_images:
    'org_id entity_type entity_id image_id url thumbnail_url caption credit width height uploaded_at',
  icao_aircraft: 'designator manufacturer model description engine_type engine_count wake_category',
  icao_manufacturers: 'code name country',
};

/**
 * Works out from the fleet's rows alone what must be derived from them. Independent of the definition on purpose, and so
 * of the recount for any table, which reads it: it shares neither key patterns nor projections nor decisions, so that
 * a mistake there shows here.
 */
export async function recountFleet(rows: AsyncIterable<Attributes>): Promise<FleetRecount> {
  const result: FleetRecount = { documents: new Map(), images: new Map(), counts: new Map() };
  for await (const row of rows) {
    const pk = textOf(row, 'PK');
    const sk = textOf(row, 'SK');
    // Half a character is not text, so it cannot be part of a key.
    if (!pk.isWellFormed() || !sk.isWellFormed()) continue;
    const after = (prefix: string) =>
      sk.startsWith(prefix) ? sk.slice(prefix.length) || undefined : undefined;
    if (pk === 'AIRCRAFT#REGISTRY#FAA' || pk === 'AIRCRAFT#REGISTRY#FOREIGN') {
      const registry = pk.slice('AIRCRAFT#REGISTRY#'.length);
      addDocument(result, 'registry', [registry, after('DETAIL#')], row, { registry });
    } else if (pk === 'ICAO#AIRCRAFT') addDocument(result, 'icao_aircraft', [after('TYPE#')], row);
    else if (pk === 'ICAO#MANUFACTURERS') addDocument(result, 'icao_manufacturers', [after('MFR#')], row);
    else if (pk === 'FAA#LINKS') addLink(result, sk, row);
    else if (pk.startsWith('IMAGES#ORG#')) addImage(result, pk, after('IMG#'), row);
  }
  return result;
}

function addDocument(
  { documents }: FleetRecount,
  collection: Collection,
  idParts: readonly (string | undefined)[],
  row: Attributes,
  constants: Record<string, Value> = {},
): void {
  const parts = idParts.filter((part) => part !== undefined);
  if (parts.length < idParts.length) return;
  const id = parts.map(encoded).join(':');
  const inCollection = documents.get(collection) ?? new Map<string, Record<string, Value>>();
  documents.set(collection, inCollection);
  inCollection.set(id, { id, ...constants, ...pick(row, collection) });
}

function addImage(result: FleetRecount, pk: string, imageId: string | undefined, row: Attributes): void {
  const [, org, type, id] = ENTITY.exec(pk) ?? [];
  if (org === undefined || type === undefined || id === undefined || imageId === undefined) return;
  const images: ImagesById = result.images.get(pk) ?? new Map<string, Record<string, Value>>();
  result.images.set(pk, images);
  const identity = { org_id: org, entity_type: type, entity_id: id, image_id: imageId };
  images.set(imageId, { ...pick(row, 'aircraft_images'), ...identity });
  if (org === 'SYSTEM' && type === 'REGISTRATION') addDocument(result, 'aircraft_images', [id, imageId], row);
}

/** The organisation ends at the first of the words that follow it, even where they then lead to no entity. */
const ENTITY = /^IMAGES#ORG#(.(?:(?!#ENTITY#).)*)#ENTITY#(ICAO|REGISTRATION)#ID#(.+)$/su;

function addLink({ counts }: FleetRecount, sk: string, row: Attributes): void {
  if (!/^MFR_MDL_CODE#.+?#SN#./su.test(sk)) return;
  const tuple = ['manufacturer', 'model', 'type_designator'].map((name) => textOf(row, name).trim());
  if (tuple.includes('')) return;
  const key = JSON.stringify(tuple);
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function pick(row: Attributes, collection: Collection): Record<string, Value> {
  const picked: Record<string, Value> = {};
  for (const name of FIELDS[collection].split(' ')) {
    const value = row.get(name);
    if (value !== undefined) picked[name] = value;
  }
  return picked;
}

function encoded(part: string): string {
  const dots = part.length;
  return part === '.'.repeat(dots) ? '%2E'.repeat(dots) : encodeURIComponent(part);
}

function textOf(row: Attributes, name: string): string {
  const value = row.get(name);
  return typeof value === 'string' ? value : '';
}

/** What an image belongs to: a registration or an ICAO type, as one organisation sees it. */
export interface Entity {
  readonly orgId: string;
  readonly entityType: EntityType;
  readonly entityId: string;
}

export type EntityType = 'ICAO' | 'REGISTRATION';

export type Registry = 'FAA' | 'FOREIGN';

/** A row of the table, by what it is. */
export type Row =
  | { readonly kind: 'registration'; readonly registry: Registry; readonly registration: string }
  | { readonly kind: 'image'; readonly entity: Entity; readonly imageId: string }
  | { readonly kind: 'default-image'; readonly entity: Entity }
  | { readonly kind: 'icao-type'; readonly designator: string }
  | { readonly kind: 'icao-manufacturer'; readonly code: string }
  | { readonly kind: 'icao-variant' }
  | { readonly kind: 'link'; readonly link: Link }
  | { readonly kind: 'matcher-tuple' };

/** An FAA link row: which manufacturer-and-model code and serial number it is about. */
export interface Link {
  readonly code: string;
  readonly serial: string;
}

/** One string per entity; no two entities share one. */
export function entityKey({ orgId, entityType, entityId }: Entity): string {
  return JSON.stringify([orgId, entityType, entityId]);
}

/** One string per link; no two links share one. */
export function linkKey({ code, serial }: Link): string {
  return JSON.stringify([code, serial]);
}

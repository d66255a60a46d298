import { type RecordOptions, toDelivery } from '../../src/adapters/dynamodb-stream/to-delivery.ts';
import type { Change } from '../../src/domain/change.ts';
import type { Entity } from '../../src/domain/pointer.ts';
import { fleet } from '../../src/fleet/definition.ts';
import type { EntityParts } from './factories.ts';

/** An attribute value as the stream carries it, for what plain values cannot say: `new Encoded({ N: '1E+30' })`. */
export class Encoded {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

/** An attribute's value, as one would write it down. */
export type Plain =
  null | boolean | string | number | bigint | Encoded | readonly Plain[] | { readonly [name: string]: Plain };

/** A row of the table. */
export type TableRow = { readonly PK: string; readonly SK: string } & { readonly [name: string]: Plain };

type Attributes = Readonly<Record<string, Plain>>;

/** An entity of images, or what its partition key says; not both. */
export type Owner = EntityParts | (Entity & { readonly [Part in keyof EntityParts]?: never });

export const STREAM_LABEL = '2026-01-05T09:00:00.000';
export const STREAM_ARN = `arn:aws:dynamodb:eu-central-1:123456789012:table/aircraft/stream/${STREAM_LABEL}`;

/** A stream record, of which any part may be spoilt. */
export interface StreamRecord {
  readonly [name: string]: unknown;
  readonly dynamodb: Readonly<Record<string, unknown>>;
}

export interface RecordParts {
  readonly before?: TableRow | undefined;
  readonly after?: TableRow | undefined;
  readonly sequence?: number | bigint | string;
  readonly viewType?: string;
  readonly streamArn?: string;
}

/** A record as Lambda delivers it: an insertion without `before`, a removal without `after`. */
export function streamRecord(parts: RecordParts) {
  const { before, after, sequence = 1, viewType = 'NEW_AND_OLD_IMAGES', streamArn = STREAM_ARN } = parts;
  const row = after ?? before;
  if (row === undefined) throw new Error('a record needs a row, before or after the change');
  const carries = (image: 'NEW' | 'OLD') =>
    viewType === `${image}_IMAGE` || viewType === 'NEW_AND_OLD_IMAGES';
  return {
    eventID: `event-${sequence}`,
    eventName: before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'eu-central-1',
    dynamodb: {
      ApproximateCreationDateTime: 1767603600,
      Keys: { PK: { S: row.PK }, SK: { S: row.SK } },
      ...(after !== undefined && carries('NEW') ? { NewImage: encodeAll(after) } : {}),
      ...(before !== undefined && carries('OLD') ? { OldImage: encodeAll(before) } : {}),
      SequenceNumber: String(sequence),
      SizeBytes: 200,
      StreamViewType: viewType,
    },
    eventSourceARN: streamArn,
  };
}

type WholeRecord = ReturnType<typeof streamRecord>;

/** What a record says of its row, without the keys. */
export interface RowParts {
  /** No row unless given. */
  readonly before?: Attributes | undefined;
  /** The row's own attributes unless given; no row where it is undefined. */
  readonly after?: Attributes | undefined;
  /** The next one unless given. */
  readonly sequence?: RecordParts['sequence'];
}

let nextSequence = 100_000_000_000_000_000_000n;

/** The record of a change of this row: its insertion, unless the parts say otherwise. */
export function rowRecord({ PK, SK, ...row }: TableRow, parts: RowParts = {}): WholeRecord {
  const { before, after, sequence = nextSequence++ } = { after: row, ...parts };
  const withKeys = (attributes: Attributes | undefined) => attributes && { PK, SK, ...attributes };
  return streamRecord({ before: withKeys(before), after: withKeys(after), sequence });
}

export function registrationRecord(registration: string, parts?: RowParts): WholeRecord {
  return rowRecord(faaRow(registration), parts);
}

export function imageRecord(entityId: string, imageId: string, parts?: RowParts): WholeRecord {
  const entity: EntityParts = { orgId: 'SYSTEM', entityType: 'REGISTRATION', entityId };
  return rowRecord(imageRow(entity, imageId, { url: `https://images.example/${imageId}.jpg` }), parts);
}

export function linkRecord(serial: string, model: string, parts?: RowParts): WholeRecord {
  return rowRecord(linkRow('2072423', serial, ['CESSNA', model, 'C172']), parts);
}

/** The record with parts of its `dynamodb` replaced. */
export function withDynamodb(record: StreamRecord, parts: Readonly<Record<string, unknown>>): StreamRecord {
  return { ...record, dynamodb: { ...record.dynamodb, ...parts } };
}

/** The change that a record of the fleet is. */
export function changeOf(record: unknown, options: RecordOptions = {}): Change {
  const delivery = toDelivery(record, fleet.model, options);
  if (delivery.kind === 'change') return delivery.change;
  const reason = delivery.kind === 'undecodable' ? `: ${delivery.fault.message}` : '';
  throw new Error(`the record is ${delivery.kind}${reason}`);
}

/** A table that words what is done to it as stream records, each with the next sequence number. */
export class SourceTable {
  readonly #rows = new Map<string, TableRow>();
  readonly #streamArn: string;
  #sequence: bigint;

  constructor({ firstSequence = 1n, streamArn = STREAM_ARN } = {}) {
    this.#sequence = firstSequence;
    this.#streamArn = streamArn;
  }

  /** Inserts the row, or replaces the one with its keys. */
  put(row: TableRow): StreamRecord {
    const key = keyOf(row);
    const before = this.#rows.get(key);
    this.#rows.set(key, row);
    return this.#record(before, row);
  }

  remove(row: TableRow): StreamRecord {
    const key = keyOf(row);
    const before = this.#rows.get(key);
    if (before === undefined) throw new Error(`there is no row ${key}`);
    this.#rows.delete(key);
    return this.#record(before, undefined);
  }

  has(row: TableRow): boolean {
    return this.#rows.has(keyOf(row));
  }

  get rows(): readonly TableRow[] {
    return [...this.#rows.values()];
  }

  #record(before: TableRow | undefined, after: TableRow | undefined): StreamRecord {
    return streamRecord({ before, after, sequence: this.#sequence++, streamArn: this.#streamArn });
  }
}

export function faaRow(registration: string, attributes: Attributes = {}): TableRow {
  return { PK: 'AIRCRAFT#REGISTRY#FAA', SK: `DETAIL#${registration}`, registration, ...attributes };
}

export function foreignRow(registration: string, attributes: Attributes = {}): TableRow {
  return { PK: 'AIRCRAFT#REGISTRY#FOREIGN', SK: `DETAIL#${registration}`, registration, ...attributes };
}

export function imageRow(entity: Owner, imageId: string, attributes: Attributes = {}): TableRow {
  return {
    ...imageKeys(entity, `IMG#${imageId}`),
    ...entityAttributes(entity),
    image_id: imageId,
    ...attributes,
  };
}

/** A default row as another program than the worker writes it. */
export function defaultRow(entity: Owner, attributes: Attributes = {}): TableRow {
  return { ...imageKeys(entity, 'DEFAULT'), ...entityAttributes(entity), ...attributes };
}

export function icaoTypeRow(designator: string, attributes: Attributes = {}): TableRow {
  return { PK: 'ICAO#AIRCRAFT', SK: `TYPE#${designator}`, designator, ...attributes };
}

export function icaoManufacturerRow(code: string, attributes: Attributes = {}): TableRow {
  return { PK: 'ICAO#MANUFACTURERS', SK: `MFR#${code}`, code, ...attributes };
}

export function icaoVariantRow(name: string, attributes: Attributes = {}): TableRow {
  return { PK: 'ICAO#VARIANTS', SK: name, ...attributes };
}

/** `tuple`: manufacturer, model and type designator, in this order and as many as the row has. */
export function linkRow(
  code: string,
  serial: string,
  tuple: readonly Plain[] = [],
  attributes: Attributes = {},
): TableRow {
  const [manufacturer, model, typeDesignator] = tuple;
  return {
    PK: 'FAA#LINKS',
    SK: `MFR_MDL_CODE#${code}#SN#${serial}`,
    mfr_mdl_code: code,
    serial_number: serial,
    ...(manufacturer === undefined ? {} : { manufacturer }),
    ...(model === undefined ? {} : { model }),
    ...(typeDesignator === undefined ? {} : { type_designator: typeDesignator }),
    ...attributes,
  };
}

export function matcherTupleRow(
  manufacturer: string,
  model: string,
  typeDesignator: string,
  count: number,
): TableRow {
  return { PK: `ICAO#MATCHER#MFR#${manufacturer}`, SK: `MODEL#${model}#TYPE#${typeDesignator}`, count };
}

/** A row that the worker knows nothing of. */
export function strangeRow(sk: string, attributes: Attributes = {}): TableRow {
  return { PK: 'PILOTS#LICENCES', SK: sk, ...attributes };
}

function imageKeys(owner: Owner, sk: string): { PK: string; SK: string } {
  const { orgId, entityType, entityId } = entityParts(owner);
  return { PK: `IMAGES#ORG#${orgId}#ENTITY#${entityType}#ID#${entityId}`, SK: sk };
}

function entityAttributes(owner: Owner): Attributes {
  const { orgId, entityType, entityId } = entityParts(owner);
  return { org_id: orgId, entity_type: entityType, entity_id: entityId };
}

function entityParts(owner: Owner): EntityParts {
  if (!('parts' in owner)) return owner;
  const [orgId = '', entityType = '', entityId = ''] = owner.parts;
  return { orgId, entityType, entityId };
}

function keyOf({ PK, SK }: TableRow): string {
  return JSON.stringify([PK, SK]);
}

function encodeAll(row: Attributes): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, encode(value)]));
}

function encode(value: Plain): unknown {
  if (value instanceof Encoded) return value.value;
  if (value === null) return { NULL: true };
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'boolean') return { BOOL: value };
  if (typeof value === 'number' || typeof value === 'bigint') return { N: String(value) };
  return isList(value) ? { L: value.map(encode) } : { M: encodeAll(value) };
}

function isList(value: object): value is readonly Plain[] {
  return Array.isArray(value);
}

import type { Change, Operation, Side } from '../../src/domain/change.ts';
import { Decimal } from '../../src/domain/decimal.ts';
import { type Contribution, contributionOf, type CountModel, type Tuple } from '../../src/domain/count.ts';
import type { CountedRow } from '../../src/domain/count-move.ts';
import { Fault } from '../../src/domain/fault.ts';
import type { Entity, Member, PointerModel } from '../../src/domain/pointer.ts';
import { itemKey, keyOf, type Row } from '../../src/domain/row.ts';
import type { RowModel } from '../../src/domain/table-model.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { type Attributes, DecodedAttributes, type Value } from '../../src/domain/value.ts';
import type { Version } from '../../src/domain/version.ts';

export function attributes(values: Readonly<Record<string, Value>> = {}): Attributes {
  return new DecodedAttributes(new Map(Object.entries(values)));
}

/** A map as decoding makes it: without a prototype, whatever its names. */
export function map(...entries: readonly (readonly [string, Value])[]): Readonly<Record<string, Value>> {
  const result = Object.create(null) as Record<string, Value>;
  for (const [name, value] of entries) result[name] = value;
  return result;
}

export function decimal(text: string): Decimal {
  return Decimal.parse(text)!;
}

export function version(sequence: string | number | bigint, epoch = '', generation = 0): Version {
  return { generation, epoch, sequence: String(sequence) };
}

/** The same, as a fill has left it. */
export function filled<Of extends { readonly version: Version }>(fill: number, of: Of): Of {
  return { ...of, version: { ...of.version, fill } };
}

/** The pointers of the fleet: an entity's default image. */
export const DEFAULT_IMAGES = fleet.model.pointers[0] as PointerModel;

/** The counts of the fleet: how many links hold a tuple. */
export const TUPLE_COUNTS = fleet.model.counts[0] as CountModel;

/** A kind of row of the fleet, by its name. */
export function rowModel(name: string): RowModel {
  const found = fleet.model.rows.find((model) => model.name === name);
  if (found === undefined) throw new Error(`the fleet has no rows named ${name}`);
  return found;
}

/** What an entity's partition key says. */
export interface EntityParts {
  readonly orgId: string;
  readonly entityType: string;
  readonly entityId: string;
}

export function entity(parts: Partial<EntityParts> = {}): Entity {
  return { model: DEFAULT_IMAGES, parts: entityParts(parts) };
}

function entityParts({
  orgId = 'SYSTEM',
  entityType = 'REGISTRATION',
  entityId = 'N1',
}: Partial<EntityParts>) {
  return [orgId, entityType, entityId];
}

/** A link as it is counted. */
export function link(serial?: string, code?: string): CountedRow {
  return { model: TUPLE_COUNTS, row: row.link(serial, code) };
}

export function tuple(model = '172S', parts: Partial<Tuple> = {}): Tuple {
  return { manufacturer: 'CESSNA', model, type_designator: 'C172', ...parts };
}

/** What a link adds to the count of a tuple: one. */
export function contribution(held: Tuple = tuple()): Contribution {
  return contributionOf(TUPLE_COUNTS, { tuple: held, amount: decimal('1') });
}

/** An image, or what a default row says of one. */
export function image(imageId: string, values: Readonly<Record<string, Value>> = {}): Member {
  return { sort: `IMG#${imageId}`, attributes: { image_id: imageId, ...values } };
}

function rowOf(name: string, ...parts: string[]): Row {
  return { model: rowModel(name), parts };
}

/** One row of every kind, by what its keys say. */
export const row = {
  registration: (registration = 'N1', registry: 'FAA' | 'FOREIGN' = 'FAA') =>
    rowOf(registry === 'FAA' ? 'faa-registration' : 'foreign-registration', registration),
  image: (imageId = '01A', owner: Partial<EntityParts> = {}) =>
    rowOf('image', ...entityParts(owner), imageId),
  defaultImage: (owner: Partial<EntityParts> = {}) => rowOf('default-image', ...entityParts(owner)),
  icaoType: (designator = 'C172') => rowOf('icao-type', designator),
  icaoManufacturer: (code = 'CESSNA') => rowOf('icao-manufacturer', code),
  icaoVariant: () => rowOf('icao-variant', '1'),
  link: (serial = '17280000', code = '2072423') => rowOf('link', code, serial),
  matcherTuple: () => rowOf('matcher-tuple', 'CESSNA', '172S', 'C172'),
};

export interface ChangeParts {
  readonly row?: Row;
  /** Absent unless given. */
  readonly before?: Side;
  /** Absent unless given. */
  readonly after?: Side;
  /** What the sides make of it, unless given. */
  readonly operation?: Operation;
  readonly sequence?: string | number | bigint;
  readonly epoch?: string;
  /** Both images unless given; null for a record that does not say. */
  readonly viewType?: string | null;
}

export function change({
  row: changed = row.registration(),
  before = 'absent',
  after = 'absent',
  operation = before === 'absent' ? 'INSERT' : after === 'absent' ? 'REMOVE' : 'MODIFY',
  sequence = 1,
  epoch = '',
  viewType = 'NEW_AND_OLD_IMAGES',
}: ChangeParts = {}): Change {
  return {
    identity: { stream: `stream ${epoch}`, sequence: String(sequence) },
    version: version(sequence, epoch),
    item: itemKey(keyOf(changed)),
    row: changed,
    operation,
    before,
    after,
    ...(viewType === null ? {} : { viewType }),
    origin: 'user',
  };
}

/** The Fault that an action throws. */
export function faultOf(action: () => unknown): Fault {
  try {
    action();
  } catch (error) {
    if (Fault.is(error)) return error;
    throw error;
  }
  throw new Error('expected a Fault');
}

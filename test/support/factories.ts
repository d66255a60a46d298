import type { Change, Operation, Side } from '../../src/domain/change.ts';
import { Decimal } from '../../src/domain/decimal.ts';
import type { Image } from '../../src/domain/default-image.ts';
import { Fault } from '../../src/domain/fault.ts';
import type { Entity, Link, Registry, Row } from '../../src/domain/row.ts';
import type { Tuple } from '../../src/domain/tuple.ts';
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

export function entity(parts: Partial<Entity> = {}): Entity {
  return { orgId: 'SYSTEM', entityType: 'REGISTRATION', entityId: 'N1', ...parts };
}

export function link(serial = '17280000', code = '2072423'): Link {
  return { code, serial };
}

export function tuple(model = '172S', parts: Partial<Tuple> = {}): Tuple {
  return { manufacturer: 'CESSNA', model, typeDesignator: 'C172', ...parts };
}

export function image(imageId: string, values: Readonly<Record<string, Value>> = {}): Image {
  return { imageId, attributes: { image_id: imageId, ...values } };
}

/** One row of every kind, by what its keys say. */
export const row = {
  registration: (registration = 'N1', registry: Registry = 'FAA') =>
    ({ kind: 'registration', registry, registration }) as const,
  image: (imageId = '01A', owner: Partial<Entity> = {}) =>
    ({ kind: 'image', entity: entity(owner), imageId }) as const,
  defaultImage: (owner: Partial<Entity> = {}) => ({ kind: 'default-image', entity: entity(owner) }) as const,
  icaoType: (designator = 'C172') => ({ kind: 'icao-type', designator }) as const,
  icaoManufacturer: (code = 'CESSNA') => ({ kind: 'icao-manufacturer', code }) as const,
  icaoVariant: () => ({ kind: 'icao-variant' }) as const,
  link: (serial?: string, code?: string) => ({ kind: 'link', link: link(serial, code) }) as const,
  matcherTuple: () => ({ kind: 'matcher-tuple' }) as const,
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
    item: JSON.stringify(changed),
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

import { groupBy, type NonEmpty } from '../../domain/coalesce.ts';
import type { EntityType, Row } from '../../domain/row.ts';
import { KeyTemplate } from './key-template.ts';

/** What the keys of some rows of a kind look like, and what a row with such keys is. */
interface RowModel<R extends Row = Row> {
  readonly pk: KeyTemplate;
  readonly sk: KeyTemplate;
  /** Makes the row from the parts of its keys, in the order of the templates; or says why it cannot. */
  readonly row: (...parts: string[]) => R | Misfit;
}

/** Why the parts of a key do not make a row. */
interface Misfit {
  readonly why: string;
  /** The same for all keys that are wrong in this way. */
  readonly reason: string;
}

function model<R extends Row>(pk: string, sk: string, row: RowModel<R>['row']): RowModel<R> {
  return { pk: new KeyTemplate(pk), sk: new KeyTemplate(sk), row };
}

const ENTITY = 'IMAGES#ORG#<org_id>#ENTITY#<entity_type>#ID#<entity_id>';

/** Every kind of row has a model, or more: rows of a kind without one would be ignored. */
const MODELS: { readonly [Kind in Row['kind']]: NonEmpty<RowModel<Extract<Row, { kind: Kind }>>> } = {
  registration: [
    model('AIRCRAFT#REGISTRY#FAA', 'DETAIL#<registration>', (registration) => ({
      kind: 'registration',
      registry: 'FAA',
      registration,
    })),
    model('AIRCRAFT#REGISTRY#FOREIGN', 'DETAIL#<registration>', (registration) => ({
      kind: 'registration',
      registry: 'FOREIGN',
      registration,
    })),
  ],
  image: [
    model(ENTITY, 'IMG#<image_id>', (orgId, entityType, entityId, imageId) =>
      isEntityType(entityType)
        ? { kind: 'image', entity: { orgId, entityType, entityId }, imageId }
        : unknownEntityType(entityType),
    ),
  ],
  'default-image': [
    model(ENTITY, 'DEFAULT', (orgId, entityType, entityId) =>
      isEntityType(entityType)
        ? { kind: 'default-image', entity: { orgId, entityType, entityId } }
        : unknownEntityType(entityType),
    ),
  ],
  'icao-type': [
    model('ICAO#AIRCRAFT', 'TYPE#<designator>', (designator) => ({ kind: 'icao-type', designator })),
  ],
  'icao-manufacturer': [
    model('ICAO#MANUFACTURERS', 'MFR#<code>', (code) => ({ kind: 'icao-manufacturer', code })),
  ],
  'icao-variant': [model('ICAO#VARIANTS', '<anything>', () => ({ kind: 'icao-variant' }))],
  link: [
    model('FAA#LINKS', 'MFR_MDL_CODE#<code>#SN#<serial>', (code, serial) => ({
      kind: 'link',
      link: { code, serial },
    })),
  ],
  'matcher-tuple': [
    model('ICAO#MATCHER#MFR#<manufacturer>', 'MODEL#<model>#TYPE#<type_designator>', () => ({
      kind: 'matcher-tuple',
    })),
  ],
};

/**
 * What the rows of the table are, by their keys: how the worker recognises them, and what the event source's filters are
 * made of. The rows that the worker itself writes have their keys in the ElectroDB entities; `verify` has patterns of
 * its own on purpose.
 */
export const ROW_MODELS: readonly RowModel[] = Object.values(MODELS).flat();

/** Looked up, not compared one by one: saves 0.02 of the 0.26 µs of a record that nothing is derived from. */
const BY_FIXED_PK = groupBy(
  ROW_MODELS.filter(({ pk }) => pk.fixed),
  ({ pk }) => pk.text,
);
const WITH_PARTS_IN_PK = ROW_MODELS.filter(({ pk }) => !pk.fixed);

/**
 * Finds what a row is by its keys alone.
 *
 * @returns the row; undefined when no kind of row has such keys; `malformed` when the keys begin like a known kind's
 *   but are wrong, which is never ignored silently.
 */
export function rowOf(pk: string, sk: string): Row | Malformed | undefined {
  for (const candidate of BY_FIXED_PK.get(pk) ?? WITH_PARTS_IN_PK) {
    const inPk = candidate.pk.match(pk);
    if (inPk === undefined) continue;
    const inSk = candidate.sk.match(sk);
    if (inSk === undefined) continue;
    if ('malformed' in inPk) return malformed('PK', pk, inPk.malformed);
    if ('malformed' in inSk) return malformed('SK', sk, inSk.malformed);
    const row = candidate.row(...inPk.parts, ...inSk.parts);
    return 'why' in row ? malformed('PK', pk, row.why, row.reason) : row;
  }
  return undefined;
}

/** Keys that begin like a known kind's but are wrong. */
export interface Malformed {
  readonly malformed: string;
  /** The same for all keys that are wrong in this way. */
  readonly reason: string;
}

function malformed(name: string, key: string, why: string, reason = why): Malformed {
  return { malformed: `${name} ${JSON.stringify(key)} ${why}`, reason: `${name} ${reason}` };
}

function isEntityType(text: string): text is EntityType {
  return text === 'ICAO' || text === 'REGISTRATION';
}

function unknownEntityType(found: string): Misfit {
  const expected = 'expected ICAO or REGISTRATION';
  return {
    why: `names the entity type ${JSON.stringify(found)}; ${expected}`,
    reason: `names an unknown entity type; ${expected}`,
  };
}

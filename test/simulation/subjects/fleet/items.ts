import type { CountedRow } from '../../../../src/domain/count-move.ts';
import type { Entity } from '../../../../src/domain/pointer.ts';
import { fleet } from '../../../../src/fleet/definition.ts';
import { entity, link } from '../../../support/factories.ts';
import {
  Encoded,
  faaRow,
  foreignRow,
  icaoManufacturerRow,
  icaoTypeRow,
  icaoVariantRow,
  imageRow,
  linkRow,
  type Plain,
  strangeRow,
  type TableRow,
} from '../../../support/stream-records.ts';
import { type Item, keyOfRow, nameOfKey } from '../../../../src/simulation/world/item.ts';
import { rowValues } from './row-values.ts';

type Attributes = Readonly<Record<string, Plain>>;

/** An item of the fleet's table, and what is derived from it, worked out by hand and not by the worker's code. */
export interface FleetItem extends Item {
  readonly kind:
    | 'registration'
    | 'image'
    | 'default-row'
    | 'icao-type'
    | 'manufacturer'
    | 'variant'
    | 'link'
    | 'tuple'
    | 'strange'
    | 'malformed';
  /** Names of the attributes that a search document holds; none for rows without one. */
  readonly indexed: readonly string[];
  /** As `collection id`. */
  readonly document?: string;
  readonly entity?: Entity;
  readonly link?: CountedRow;
}

/** What no search document holds, in values that careless code damages. */
const UNINDEXED: Attributes = {
  remarks: 'not indexed',
  sizes: new Encoded({ NS: ['1', '12345678901234567890123456789012345678'] }),
  nested: { __proto__list: [1, null, true], map: { constructor: 'x' } },
};

const REGISTRATION =
  'registration serial_number manufacturer model type_designator icao24 year_manufactured status owner_name country updated_at'.split(
    ' ',
  );
const IMAGE =
  'org_id entity_type entity_id image_id url thumbnail_url caption credit width height uploaded_at'.split(
    ' ',
  );
export const ICAO_TYPE =
  'designator manufacturer model description engine_type engine_count wake_category'.split(' ');
export const MANUFACTURER = 'code name country'.split(' ');

const DIGITS = new Encoded({ N: '12345678901234567890.123456789012345678' });

const registrationVariants: readonly Attributes[] = [
  { owner_name: 'A', year_manufactured: 1999 },
  { owner_name: 'B', year_manufactured: DIGITS },
  { owner_name: 'A', status: 'V', aliases: new Encoded({ SS: ['b', 'a'] }) },
  UNINDEXED,
];
const imageVariants: readonly Attributes[] = [
  { url: 'https://images/1', width: 640 },
  { url: 'https://images/2', width: DIGITS },
  { url: 'https://images/1', width: 640, ...UNINDEXED },
];
const tuples: readonly (readonly Plain[])[] = [
  ['C', '172', 'C172'],
  ['C1', '72', 'C172'],
  [' C ', '172\t', 'C172'],
  ['C', '172', 'C172S'],
  ['C', '172'],
  ['', 'x', 'y'],
  ['C', 172, 'C172'],
];

export function registrationItem(
  registry: 'FAA' | 'FOREIGN',
  registration: string,
  variants = registrationVariants,
): FleetItem {
  const make = registry === 'FAA' ? faaRow : foreignRow;
  return item(
    'registration',
    variants.map((values) => make(registration, values)),
    REGISTRATION,
    {
      document: `registry ${registry}:${encodeURIComponent(registration)}`,
    },
  );
}

export function imageItem(
  orgId: string,
  entityType: 'ICAO' | 'REGISTRATION',
  entityId: string,
  imageId: string,
  variants = imageVariants,
): FleetItem {
  const owner = entity({ orgId, entityType, entityId });
  const indexed = orgId === 'SYSTEM' && entityType === 'REGISTRATION';
  const id = `${encodeURIComponent(entityId)}:${encodeURIComponent(imageId)}`;
  return item(
    'image',
    variants.map((values) => imageRow(owner, imageId, values)),
    indexed ? IMAGE : [],
    {
      ...(indexed ? { document: `aircraft_images ${id}` } : {}),
      entity: owner,
    },
  );
}

function linkItem(code: string, serial: string): FleetItem {
  return item(
    'link',
    [...tuples.map((tuple) => linkRow(code, serial, tuple)), linkRow(code, serial, tuples[0], UNINDEXED)],
    [],
    {
      link: link(serial, code),
    },
  );
}

export function item(
  kind: FleetItem['kind'],
  tableRows: readonly TableRow[],
  indexed: readonly string[],
  rest: Pick<FleetItem, 'document' | 'entity' | 'link'> = {},
): FleetItem {
  const rows = tableRows.map(rowValues);
  const [first] = rows;
  if (first === undefined) throw new Error('an item needs at least one row');
  const at = keyOfRow(first, fleet.model.keys);
  const isRecognised = kind !== 'strange' && kind !== 'malformed';
  return {
    kind,
    key: nameOfKey(at),
    at,
    rows,
    isRecognised,
    isKept: isRecognised && kind !== 'tuple',
    isRepairable: kind !== 'malformed',
    indexed,
    ...rest,
  };
}

/** All items that a world may have. Joined without a separator, some would become one. */
export const ITEMS: readonly FleetItem[] = [
  registrationItem('FAA', 'N1'),
  registrationItem('FOREIGN', 'N1'),
  registrationItem('FAA', 'N1:%2F'),
  imageItem('SYSTEM', 'REGISTRATION', 'a', 'bc'),
  imageItem('SYSTEM', 'REGISTRATION', 'ab', 'c'),
  imageItem('SYSTEM', 'REGISTRATION', 'a', 'bd'),
  imageItem('SYSTEM', 'REGISTRATION', 'a', 'be'),
  imageItem('SYSTEM', 'REGISTRATION', 'a:b', 'c'),
  imageItem('SYSTEM', 'REGISTRATION', 'a', 'b:c'),
  imageItem('SYSTEM', 'ICAO', 'a', 'bc'),
  imageItem('SYSTEM', 'ICAO', 'a', 'bd'),
  imageItem('ORG1', 'REGISTRATION', 'a', 'bc'),
  imageItem('ORG1', 'REGISTRATION', 'a', 'bd'),
  linkItem('1', '23'),
  linkItem('12', '3'),
  linkItem('1', '2#3'),
  linkItem('9', '9'),
  item(
    'icao-type',
    [
      icaoTypeRow('C172', { model: '172', engine_count: 1 }),
      icaoTypeRow('C172', { model: '172', engine_count: 2, ...UNINDEXED }),
      icaoTypeRow('C172', { model: '172', engine_count: 1, ...UNINDEXED }),
    ],
    ICAO_TYPE,
    { document: 'icao_aircraft C172' },
  ),
  item(
    'manufacturer',
    [
      icaoManufacturerRow('CESSNA', { name: 'Cessna' }),
      icaoManufacturerRow('CESSNA', { name: 'CESSNA', country: 'US' }),
    ],
    MANUFACTURER,
    { document: 'icao_manufacturers CESSNA' },
  ),
  item('variant', [icaoVariantRow('C172#1', { a: 1 }), icaoVariantRow('C172#1', { a: 2 })], []),
  item('strange', [strangeRow('P1', { a: 1 }), strangeRow('P1', { a: 2 })], []),
  // The keys begin like a link's and are none: nothing can ever be made of these rows.
  item(
    'malformed',
    [
      { PK: 'FAA#LINKS', SK: 'MFR_MDL_CODE#1', a: 1 },
      { PK: 'FAA#LINKS', SK: 'MFR_MDL_CODE#1', a: 2 },
    ],
    [],
  ),
];

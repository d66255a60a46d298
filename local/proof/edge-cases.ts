import { DeleteItemCommand, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { AttributeValue } from 'aws-lambda';
import { toSdkImage } from './sdk-image.ts';

type Image = Readonly<Record<string, AttributeValue>>;

/** A put of a whole item; without attributes, a removal. */
interface Write {
  readonly pk: string;
  readonly sk: string;
  readonly attributes?: Image;
}

/** Every type of value, and numbers and names that are easily damaged. */
const EVERYTHING: Image = {
  digits: { N: '12345678901234567890123456789012345678' },
  fraction: { N: '-0.12345678901234567890123456789012345678' },
  huge: { N: '9.9E+125' },
  tiny: { N: '1E-130' },
  binary: { B: 'AP+ACg==' },
  no_bytes: { B: '' },
  texts: { SS: ['b', 'ä', '#'] },
  numbers: { NS: ['12345678901234567890123456789012345678', '-1', '0.5'] },
  binaries: { BS: ['AQI=', 'AA=='] },
  nothing: { NULL: true },
  yes: { BOOL: true },
  empty: { S: '' },
  list: { L: [{ N: '1' }, { L: [] }, { M: { 'a.b[0]#%': { B: 'Bw==' } } }] },
  map: { M: { ['__proto__']: { S: 'an attribute' }, constructor: { M: { prototype: { NULL: true } } } } },
  ['toString']: { S: 'Ünïcödé 北海 🛩 \u2028 "quoted" \\' },
};

const FAA = 'AIRCRAFT#REGISTRY#FAA';
const IMAGES = 'IMAGES#ORG#SYSTEM#ENTITY#REGISTRATION#ID#N1#ä%/ EDGE';
const LINKS = 'FAA#LINKS';

const REGISTRATION: Image = {
  registration: { S: 'N1EDGE' },
  year_manufactured: { N: '1999' },
  ...EVERYTHING,
};

const WRITES: readonly Write[] = [
  { pk: FAA, sk: 'DETAIL#N1EDGE', attributes: REGISTRATION },
  {
    pk: FAA,
    sk: 'DETAIL#N1EDGE',
    // The document must keep every digit too.
    attributes: { ...REGISTRATION, year_manufactured: { N: '1999.0000000000000000000000000000000001' } },
  },
  { pk: FAA, sk: 'DETAIL#N2EDGE', attributes: { ...REGISTRATION, registration: { S: 'N2EDGE' } } },
  { pk: FAA, sk: 'DETAIL#N2EDGE' },
  { pk: IMAGES, sk: 'IMG#01J00000000000000000000001', attributes: image('01J00000000000000000000001') },
  { pk: IMAGES, sk: 'IMG#01J00000000000000000000002', attributes: image('01J00000000000000000000002') },
  { pk: IMAGES, sk: 'IMG#01J00000000000000000000001' },
  { pk: LINKS, sk: 'MFR_MDL_CODE#0#SN#edge 1', attributes: link('EDGE "A"') },
  { pk: LINKS, sk: 'MFR_MDL_CODE#0#SN#edge 2', attributes: link('EDGE "A"') },
  { pk: LINKS, sk: 'MFR_MDL_CODE#0#SN#edge 1', attributes: link(' Édge B ') },
  { pk: LINKS, sk: 'MFR_MDL_CODE#0#SN#edge 2' },
  { pk: 'USER#edge', sk: 'PROFILE', attributes: EVERYTHING },
];

/** How many changes `writeEdgeCases` makes. */
export const EDGE_CASES = WRITES.length;

/** Makes changes that are rare in a fleet, one after the other: every type of value, hostile names, all kinds of removals. */
export async function writeEdgeCases(client: DynamoDBClient, table: string): Promise<void> {
  for (const { pk, sk, attributes } of WRITES) {
    const keys = { PK: { S: pk }, SK: { S: sk } };
    if (attributes === undefined) {
      await client.send(new DeleteItemCommand({ TableName: table, Key: keys }));
    } else {
      const item = { ...keys, ...toSdkImage(attributes) };
      await client.send(new PutItemCommand({ TableName: table, Item: item }));
    }
  }
}

function image(id: string): Image {
  return {
    org_id: { S: 'SYSTEM' },
    entity_type: { S: 'REGISTRATION' },
    entity_id: { S: 'N1#ä%/ EDGE' },
    image_id: { S: id },
    url: { S: `https://images.example/${id}.jpg` },
    width: { N: '12345678901234567890123456789012345678' },
    height: { N: '0' },
  };
}

function link(model: string): Image {
  return { type_designator: { S: 'EDGE' }, manufacturer: { S: 'Ünïted #1 %' }, model: { S: model } };
}

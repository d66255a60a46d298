import type { Random } from '../../src/random/random.ts';
import { attributeValue, deepValue, hostileName, hostileString, oddity } from './hostile.ts';
import { isObject, type Json, type JsonObject, own, put, toText } from './json.ts';

/** A place in a record: a member of an object or an element of a list. */
interface Place {
  readonly parent: JsonObject | Json[];
  readonly name: string;
}

type Mutation = (record: JsonObject, random: Random) => void;

const SEQUENCES: readonly ((sequence: string, random: Random) => Json)[] = [
  () => '',
  () => ' ',
  () => '0',
  () => '-5',
  () => '1.5',
  () => '1e5',
  () => '0x1',
  () => '12n',
  () => '١٢٣',
  () => '9'.repeat(300),
  (sequence) => `${'0'.repeat(300)}${sequence}`,
  (sequence) => `00${sequence}`,
  (sequence) => `${sequence}0`,
  (sequence) => ` ${sequence}`,
  (sequence) => `${sequence} `,
  (sequence) => `${sequence}\n`,
  (sequence) => `-${sequence}`,
  (sequence) => Number(sequence),
  (_, random) => oddity(random),
];
const EVENT_NAMES = [
  'INSERT',
  'MODIFY',
  'REMOVE',
  'insert',
  'Modify',
  'DELETE',
  'INSERT ',
  '',
  'constructor',
  '__proto__',
];
const VIEW_TYPES = [
  'KEYS_ONLY',
  'NEW_IMAGE',
  'OLD_IMAGE',
  'NEW_AND_OLD_IMAGES',
  'new_image',
  '',
  'ALL',
  '__proto__',
];
const ARNS = [
  '',
  'arn',
  ':::::',
  'arn:aws:dynamodb:eu-central-1:1:table/a/stream/',
  'arn:aws:dynamodb:eu-central-1:1:table/a/stream/2026-01-05T09:00:00.000',
  'arn:aws:dynamodb:eu-central-1:1:table/a/stream/9999-01-05T09:00:00.000',
  '/stream/\0',
  'arn:aws:sqs:eu-central-1:1:queue',
  '__proto__',
];
const DATES: readonly Json[] = [
  '',
  'yesterday',
  '2026-01-05T09:00:00Z',
  '+275760-09-14',
  1e308,
  -1,
  -0,
  Infinity,
  0.5,
  {},
];
const IDENTITIES: readonly Json[] = [
  { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
  { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' },
  { type: 'Service' },
  { type: ['Service'], principalId: null },
  'Service',
  [],
];
/** Keys of every kind of row, right and broken. */
const KEYS: readonly (readonly [pk: string, sk: string])[] = [
  ['AIRCRAFT#REGISTRY#FAA', 'DETAIL#N1'],
  ['AIRCRAFT#REGISTRY#FAA', 'DETAIL#'],
  ['AIRCRAFT#REGISTRY#FAA', 'DETAIL#\ud800'],
  ['AIRCRAFT#REGISTRY#FOREIGN', 'DETAIL#__proto__'],
  ['AIRCRAFT#REGISTRY#MOON', 'DETAIL#1'],
  ['IMAGES#ORG#SYSTEM#ENTITY#REGISTRATION#ID#N1', 'IMG#1'],
  ['IMAGES#ORG#SYSTEM#ENTITY#REGISTRATION#ID#N1', 'IMG#2'],
  ['IMAGES#ORG#SYSTEM#ENTITY#REGISTRATION#ID#N1', 'DEFAULT'],
  ['IMAGES#ORG#__proto__#ENTITY#ICAO#ID#constructor', 'IMG#toString'],
  ['IMAGES#ORG#__proto__#ENTITY#ICAO#ID#constructor', 'DEFAULT'],
  ['IMAGES#ORG##ENTITY##ID#', 'IMG#'],
  ['IMAGES#ORG#A#ENTITY#PLANET#ID#1', 'IMG#1'],
  ['IMAGES#ORG#A#ENTITY#ICAO#ENTITY#ICAO#ID#1#ID#', 'IMG#1'],
  ['ICAO#AIRCRAFT', 'TYPE#C172'],
  ['ICAO#AIRCRAFT', 'TYPE#'],
  ['ICAO#MANUFACTURERS', 'MFR#%'],
  ['ICAO#VARIANTS', 'x'],
  ['ICAO#VARIANTS', ''],
  ['FAA#LINKS', 'MFR_MDL_CODE#1#SN#2'],
  ['FAA#LINKS', 'MFR_MDL_CODE##SN#'],
  ['FAA#LINKS', 'MFR_MDL_CODE#1#SN'],
  ['ICAO#MATCHER#MFR#C', 'MODEL#172#TYPE#C172'],
  ['ICAO#MATCHER#MFR#', 'MODEL##TYPE#'],
  ['', ''],
  ['\0', '\ud800'],
  ['__proto__', 'constructor'],
];

/** Changes somewhere in a record, however deep; every part is as likely. */
const ANYWHERE: Mutation = (record, random) => {
  const places = placesOf(record);
  if (places.length === 0) return;
  const { parent, name } = random.pick(places);
  const value = (parent as JsonObject)[name]!;
  random.weighted<() => void>([
    [20, () => remove(parent, name)],
    [15, () => put(parent, name, oddity(random))],
    [15, () => put(parent, name, attributeValue(random))],
    [10, () => rename(parent, name, random.chance(0.5) ? hostileName(random) : name.toLowerCase())],
    [8, () => put(parent, name, [value])],
    [8, () => put(parent, name, { [random.pick(['S', 'M', 'L', 'x'])]: value })],
    [8, () => add(parent, hostileName(random), attributeValue(random))],
    [8, () => put(parent, name, copyOf(random.pick(places)))],
    [8, () => put(parent, name, hostileString(random))],
    [1, () => put(parent, name, deepValue(random))],
  ])();
};

/** Changes an attribute of an image: a hostile one comes, one is overwritten, or one goes. */
const ATTRIBUTE: Mutation = (record, random) => {
  const image = partOf(partOf(record, 'dynamodb'), random.pick(['NewImage', 'OldImage', 'Keys']));
  const names = Object.keys(image);
  const name = names.length > 0 && random.chance(0.6) ? random.pick(names) : hostileName(random);
  if (random.chance(0.1)) Reflect.deleteProperty(image, name);
  else put(image, name, random.chance(0.04) ? deepValue(random) : attributeValue(random));
};

/** The row becomes another, whatever its attributes say; at times they say so too. */
const REKEY: Mutation = (record, random) => {
  const dynamodb = partOf(record, 'dynamodb');
  const [pk, sk] = random.pick(KEYS);
  const keys = { PK: { S: pk }, SK: { S: sk } };
  put(dynamodb, 'Keys', keys);
  if (random.chance(0.3)) return;
  for (const side of ['NewImage', 'OldImage']) {
    const image = own(dynamodb, side);
    if (isObject(image)) Object.assign(image, keys);
  }
};

/** A part replaced where the worker looks. */
function field(name: string, value: (random: Random) => Json, place?: 'dynamodb'): Mutation {
  return (record, random) => {
    const target = place === undefined ? record : partOf(record, place);
    if (random.chance(0.15)) Reflect.deleteProperty(target, name);
    else put(target, name, random.chance(0.2) ? oddity(random) : value(random));
  };
}

const SEQUENCE: Mutation = (record, random) => {
  const dynamodb = partOf(record, 'dynamodb');
  const sequence = own(dynamodb, 'SequenceNumber');
  if (random.chance(0.2)) Reflect.deleteProperty(dynamodb, 'SequenceNumber');
  else
    put(
      dynamodb,
      'SequenceNumber',
      random.pick(SEQUENCES)(typeof sequence === 'string' ? sequence : '1', random),
    );
};

const SIDES: Mutation = (record, random) => {
  const dynamodb = partOf(record, 'dynamodb');
  const [one, other] = random.chance(0.5) ? ['NewImage', 'OldImage'] : ['OldImage', 'NewImage'];
  const value = own(dynamodb, one);
  random.weighted<() => void>([
    [3, () => Reflect.deleteProperty(dynamodb, one)],
    [2, () => value !== undefined && put(dynamodb, other, value)],
    [2, () => value !== undefined && rename(dynamodb, one, other)],
    [1, () => put(dynamodb, one, oddity(random))],
  ])();
};

const MUTATIONS: readonly (readonly [weight: number, mutation: Mutation])[] = [
  [40, ANYWHERE],
  [30, ATTRIBUTE],
  [12, SEQUENCE],
  [10, REKEY],
  [8, SIDES],
  [5, field('eventName', (random) => random.pick(EVENT_NAMES))],
  [5, field('StreamViewType', (random) => random.pick(VIEW_TYPES), 'dynamodb')],
  [5, field('eventSourceARN', (random) => random.pick(ARNS))],
  [4, field('ApproximateCreationDateTime', (random) => random.pick(DATES), 'dynamodb')],
  [3, field('userIdentity', (random) => random.pick(IDENTITIES))],
  [3, field('SizeBytes', (random) => oddity(random), 'dynamodb')],
  [3, field('eventID', hostileString)],
  [2, field('dynamodb', (random) => attributeValue(random))],
  [2, field('Keys', (random) => attributeValue(random), 'dynamodb')],
];

/** Changes a record in place: once mostly, a few times at times. */
export function mutate(record: JsonObject, random: Random): void {
  const times = random.chance(0.7) ? 1 : random.int(2, 5);
  for (let i = 0; i < times; i++) random.weighted(MUTATIONS)(record, random);
}

/** Gives the record another content; its keys, stream and sequence number stay. */
export function contradict(record: JsonObject, random: Random): void {
  const dynamodb = partOf(record, 'dynamodb');
  const image = own(dynamodb, 'NewImage') ?? own(dynamodb, 'OldImage');
  if (isObject(image) && random.chance(0.8)) put(image, 'contradiction', { S: hostileString(random) });
  else put(record, 'eventName', random.pick(EVENT_NAMES));
}

/** The member, if it is an object; otherwise an object that leads nowhere, so that what was broken before stays so. */
function partOf(target: JsonObject, name: string): JsonObject {
  const part = own(target, name);
  return isObject(part) ? part : {};
}

/** Deep enough for every part of a record that makes sense. */
const MAX_LEVELS = 12;

function placesOf(value: Json, places: Place[] = [], level = 0): Place[] {
  if (typeof value !== 'object' || value === null || level > MAX_LEVELS) return places;
  const parent = value;
  for (const [name, member] of Object.entries(parent).slice(0, 50)) {
    places.push({ parent, name });
    placesOf(member, places, level + 1);
  }
  return places;
}

function remove(parent: JsonObject | Json[], name: string): void {
  if (Array.isArray(parent)) parent.splice(Number(name), 1);
  else Reflect.deleteProperty(parent, name);
}

function rename(parent: JsonObject | Json[], name: string, to: string): void {
  const value = (parent as JsonObject)[name]!;
  remove(parent, name);
  add(parent, to, value);
}

function add(parent: JsonObject | Json[], name: string, value: Json): void {
  if (Array.isArray(parent)) parent.push(value);
  else put(parent, name, value);
}

/** A copy, because a part that came to hold itself would be no JSON. */
function copyOf({ parent, name }: Place): Json {
  return JSON.parse(toText((parent as JsonObject)[name]!)) as Json;
}

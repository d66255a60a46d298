import { isObject, type Json, type JsonObject, own } from './json.ts';

/**
 * What a record must come to on a backend that keeps the table's rows, worked out without the worker's code:
 * `bad` ones must not be handled, `good` ones must, unless something before them stands in the way. Nothing is
 * said of `unsure` ones.
 */
export type Judgement = 'good' | 'bad' | 'unsure';

/** What DynamoDB allows, and what is too deep for anybody. */
const ALLOWED_DEPTH = 32;
const ABSURD_DEPTH = 100;

const SURE_NUMBER = /^-?(?:0|[1-9]\d{0,37})(?:\.\d{1,10})?$/;
const MAYBE_NUMBER = /^[+-]?(?=[\d.]*\d)[\d.]+(?:[eE][+-]?\d+)?$/;
const VIEW_TYPES: readonly unknown[] = ['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES'];

/** The table that the worker follows, which the made-up records are of. */
export const FOLLOWED_TABLE = 'arn:aws:dynamodb:eu-central-1:123456789012:table/aircraft';

export function judge(record: Json): Judgement {
  if (!isObject(record)) return 'bad';
  if (!isOfFollowedTable(own(record, 'eventSourceARN'))) return 'bad';
  const source = own(record, 'eventSource') ?? own(record, 'EventSource') ?? null;
  if (source !== null && source !== 'aws:dynamodb') return 'bad';
  const dynamodb = own(record, 'dynamodb');
  if (!isObject(dynamodb)) return 'bad';
  const keys = keysOf(record);
  const operation = own(record, 'eventName');
  if (keys === undefined || sequenceOf(record) === undefined) return 'bad';
  if (operation !== 'INSERT' && operation !== 'MODIFY' && operation !== 'REMOVE') return 'bad';
  const row = rowOf(keys.pk, keys.sk);
  if (row === 'unrecognised') return 'good';
  if (row === 'malformed') return 'bad';
  const viewType = own(dynamodb, 'StreamViewType');
  if (viewType !== undefined && !VIEW_TYPES.includes(viewType)) return 'bad';

  const sides: Judgement[] = [judgeImage({ M: own(dynamodb, 'Keys') ?? null })].map(unlessBad);
  if (operation !== 'REMOVE') sides.push(judgeSide(dynamodb, 'NewImage', row));
  if (operation !== 'INSERT') sides.push(judgeSide(dynamodb, 'OldImage', row));
  if (viewType !== 'NEW_AND_OLD_IMAGES') sides.push('unsure');
  return worst(sides);
}

/** Whether it has what every record of a table's stream has. */
export function isStreamRecord(record: Json): boolean {
  return isObject(record) && isObject(own(record, 'dynamodb') ?? null);
}

/** Records of other tables, or of none, are refused, however good they are. */
function isOfFollowedTable(stream: Json | undefined): boolean {
  if (typeof stream !== 'string') return false;
  const parts = stream.split('/stream/');
  const label = parts.pop();
  return label !== '' && parts.join('/stream/') === FOLLOWED_TABLE;
}

export function keysOf(record: Json): { readonly pk: string; readonly sk: string } | undefined {
  const dynamodb = isObject(record) ? own(record, 'dynamodb') : undefined;
  const keys = isObject(dynamodb) ? own(dynamodb, 'Keys') : undefined;
  if (!isObject(keys)) return undefined;
  const [pk, sk] = [stringIn(own(keys, 'PK')), stringIn(own(keys, 'SK'))];
  return pk === undefined || sk === undefined ? undefined : { pk, sk };
}

export function sequenceOf(record: Json): string | undefined {
  const dynamodb = isObject(record) ? own(record, 'dynamodb') : undefined;
  const sequence = isObject(dynamodb) ? own(dynamodb, 'SequenceNumber') : undefined;
  return typeof sequence === 'string' && /^[0-9]+$/.test(sequence) ? sequence : undefined;
}

/** A recognised row: the attributes that must not contradict its key, and whether its images are read at all. */
interface KnownRow {
  readonly identity: Readonly<Record<string, string>>;
  readonly read: boolean;
  /** Whether what its attributes say is counted. */
  readonly counted?: boolean;
}

function rowOf(pk: string, sk: string): KnownRow | 'unrecognised' | 'malformed' {
  const plain: KnownRow = { identity: {}, read: true };
  const known = (...parts: (string | undefined)[]) =>
    parts.every((part) => part !== undefined && part !== '' && part.isWellFormed()) ? plain : 'malformed';
  if (/^AIRCRAFT#REGISTRY#(?:FAA|FOREIGN)$/.test(pk) && sk.startsWith('DETAIL#')) return known(sk.slice(7));
  if (pk === 'ICAO#AIRCRAFT' && sk.startsWith('TYPE#')) return known(sk.slice(5));
  if (pk === 'ICAO#MANUFACTURERS' && sk.startsWith('MFR#')) return known(sk.slice(4));
  if (pk === 'ICAO#VARIANTS') return known(sk);
  if (pk === 'FAA#LINKS' && sk.startsWith('MFR_MDL_CODE#')) {
    const row = known(...(/^.{13}(.+?)#SN#(.+)$/s.exec(sk)?.slice(1) ?? ['']));
    return row === plain ? { ...plain, counted: true } : row;
  }
  if (pk.startsWith('ICAO#MATCHER#MFR#') && sk.startsWith('MODEL#')) {
    const row = known(pk.slice(17), ...(/^.{6}(.+?)#TYPE#(.+)$/s.exec(sk)?.slice(1) ?? ['']));
    return row === plain ? { identity: {}, read: false } : row;
  }
  if (pk.startsWith('IMAGES#ORG#') && (sk.startsWith('IMG#') || sk === 'DEFAULT')) {
    const [, org = '', type = '', id = ''] = /^.{11}(.+?)#ENTITY#(.+?)#ID#(.+)$/s.exec(pk) ?? [];
    if (type !== 'ICAO' && type !== 'REGISTRATION') return 'malformed';
    if (sk === 'DEFAULT') return known(org, id);
    const identity = { org_id: org, entity_type: type, entity_id: id, image_id: sk.slice(4) };
    return known(org, id, sk.slice(4)) === plain ? { identity, read: true } : 'malformed';
  }
  return 'unrecognised';
}

function judgeSide(dynamodb: JsonObject, side: 'NewImage' | 'OldImage', row: KnownRow): Judgement {
  const image = own(dynamodb, side) ?? null;
  const viewType = own(dynamodb, 'StreamViewType');
  const isNew = side === 'NewImage';
  if (image === null) {
    const promised = viewType === 'NEW_AND_OLD_IMAGES' || viewType === (isNew ? 'NEW_IMAGE' : 'OLD_IMAGE');
    return promised || (isNew && row.read) ? 'bad' : 'unsure';
  }
  if (!isObject(image)) return 'bad';
  const keys = own(dynamodb, 'Keys') as JsonObject;
  for (const name of ['PK', 'SK'])
    if (Object.hasOwn(image, name) && stringIn(own(image, name)) !== stringIn(own(keys, name))) return 'bad';
  if (isNew && row.read)
    for (const [name, value] of Object.entries(row.identity))
      if (Object.hasOwn(image, name) && stringIn(own(image, name)) !== value) return 'bad';
  const judgement = judgeImage({ M: image });
  if (!isNew || !row.read) return unlessBad(judgement);
  return row.counted && !hasPlainTuple(image) ? worst([judgement, 'unsure']) : judgement;
}

/** Whether a link's tuple surely has a key of its own: not every text can be a part of one. */
function hasPlainTuple(image: JsonObject): boolean {
  return ['manufacturer', 'model', 'type_designator'].every((name) => {
    const text = stringIn(own(image, name)) ?? '';
    return text.isWellFormed() && !text.includes('#') && text.length < 300;
  });
}

/** Of what the worker may never look at, or not at all of it, nothing bad can be said for sure. */
function unlessBad(judgement: Judgement): Judgement {
  return judgement === 'bad' ? 'unsure' : judgement;
}

function judgeImage(value: Json): Judgement {
  return judgeValue(value, -1);
}

function judgeValue(value: Json, depth: number): Judgement {
  if (depth > ABSURD_DEPTH || !isObject(value)) return 'bad';
  const tags = Object.keys(value);
  const tag = tags[0];
  if (tag === undefined || tags.length > 1) return 'bad';
  const content = value[tag]!;
  const tooDeep: Judgement = depth > ALLOWED_DEPTH ? 'unsure' : 'good';
  switch (tag) {
    case 'S':
    case 'N':
    case 'B':
      return worst([tooDeep, judgeScalar(tag, content)]);
    case 'BOOL':
      return typeof content === 'boolean' ? tooDeep : 'bad';
    case 'NULL':
      return content === true ? tooDeep : 'bad';
    case 'SS':
    case 'NS':
    case 'BS': {
      if (!Array.isArray(content)) return 'bad';
      const sane = content.length > 0 && new Set(content).size === content.length;
      const members = content.map((member) => judgeScalar(tag[0] as 'S' | 'N' | 'B', member));
      return worst([tooDeep, sane ? 'good' : 'unsure', ...members]);
    }
    case 'L':
      return Array.isArray(content)
        ? worst([tooDeep, ...content.map((element) => judgeValue(element, depth + 1))])
        : 'bad';
    case 'M':
      return isObject(content)
        ? worst([tooDeep, ...Object.values(content).map((member) => judgeValue(member, depth + 1))])
        : 'bad';
    default:
      return 'bad';
  }
}

function judgeScalar(tag: 'S' | 'N' | 'B', content: Json): Judgement {
  if (typeof content !== 'string') return 'bad';
  if (tag === 'S') return 'good';
  if (tag === 'N') return SURE_NUMBER.test(content) ? 'good' : MAYBE_NUMBER.test(content) ? 'unsure' : 'bad';
  if (/[^A-Za-z0-9+/=]/.test(content) || content.length % 4 !== 0) return 'bad';
  return Buffer.from(content, 'base64').toString('base64') === content ? 'good' : 'unsure';
}

function stringIn(value: Json | undefined): string | undefined {
  const text = value !== undefined && isObject(value) ? own(value, 'S') : undefined;
  return typeof text === 'string' ? text : undefined;
}

function worst(judgements: readonly Judgement[]): Judgement {
  if (judgements.includes('bad')) return 'bad';
  return judgements.includes('unsure') ? 'unsure' : 'good';
}

import type { Delivery, RecordSummary } from '../../application/delivery.ts';
import type { Change, Operation, Origin, Side } from '../../domain/change.ts';
import { Fault } from '../../domain/fault.ts';
import { EncodedAttributes } from './attribute-value.ts';
import { rowOf } from './row-models.ts';

export interface RecordOptions {
  /** The stream of records that do not name theirs, as GetRecords returns them. */
  readonly streamArn?: string;
  /** Where the record was read from, for messages. */
  readonly place?: string;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Maps one DynamoDB Streams record, as Lambda or GetRecords delivers it, to what the worker handles. Matches
 * its keys first and decodes no image: that happens when an attribute is asked for.
 *
 * Never throws: a record that cannot be read becomes `undecodable`, with everything that is known of it.
 */
export function toDelivery(input: unknown, options: RecordOptions = {}): Delivery {
  const record = summarise(input, options.place);
  try {
    const change = toChange(input, record, options.streamArn ?? '');
    if (change === undefined) return { record, raw: input, kind: 'unrecognised' };
    return { record, raw: input, kind: 'change', change };
  } catch (error) {
    const { pk, sk } = record;
    const item = pk === undefined || sk === undefined ? undefined : itemKey(pk, sk);
    return { record, raw: input, kind: 'undecodable', fault: Fault.from(error), item };
  }
}

function toChange(
  input: unknown,
  { pk, sk, sequenceNumber, at }: RecordSummary,
  defaultStream: string,
): Change | undefined {
  if (!isObject(input)) throw bad(`the record is ${describe(input)}, not an object`);
  const { dynamodb } = input;
  if (!isObject(dynamodb)) throw bad(`dynamodb is ${describe(dynamodb)}, not an object`);
  if (pk === undefined || sk === undefined) throw keysFault(dynamodb['Keys']);
  const operation = operationOf(input['eventName']);
  if (sequenceNumber === undefined)
    throw bad(`SequenceNumber is ${describe(dynamodb['SequenceNumber'])}, not a text of digits`);

  const row = rowOf(pk, sk);
  if (row === undefined) return undefined;
  if ('malformed' in row) throw bad(row.malformed);

  const viewType = viewTypeOf(dynamodb['StreamViewType']);
  const after = operation === 'REMOVE' ? 'absent' : sideOf(dynamodb, 'NewImage', viewType, pk, sk);
  const before = operation === 'INSERT' ? 'absent' : sideOf(dynamodb, 'OldImage', viewType, pk, sk);
  const arn = input['eventSourceARN'];
  const stream = typeof arn === 'string' && arn !== '' ? arn : defaultStream;
  const change: { -readonly [Part in keyof Change]: Change[Part] } = {
    identity: { stream, sequence: sequenceNumber },
    version: { epoch: labelOf(stream), sequence: sequenceNumber },
    item: itemKey(pk, sk),
    row,
    operation,
    before,
    after,
    origin: originOf(input, dynamodb),
  };
  if (viewType !== undefined) change.viewType = viewType;
  if (at !== undefined) change.at = at;
  return change;
}

/** One text per item of the table: the length tells where the partition key ends, whatever the keys hold. */
function itemKey(pk: string, sk: string): string {
  return `${pk.length}#${pk}${sk}`;
}

function summarise(input: unknown, place: string | undefined): RecordSummary {
  if (!isObject(input)) return { place };
  const dynamodb = isObject(input['dynamodb']) ? input['dynamodb'] : {};
  const keys = isObject(dynamodb['Keys']) ? dynamodb['Keys'] : {};
  const sequence = dynamodb['SequenceNumber'];
  return {
    eventName: textOf(input['eventName']),
    pk: keyText(keys['PK']),
    sk: keyText(keys['SK']),
    sizeBytes: typeof dynamodb['SizeBytes'] === 'number' ? dynamodb['SizeBytes'] : undefined,
    sequenceNumber: typeof sequence === 'string' && /^\d+$/.test(sequence) ? sequence : undefined,
    eventID: textOf(input['eventID']),
    at: timeOf(dynamodb['ApproximateCreationDateTime']),
    place,
  };
}

function operationOf(eventName: unknown): Operation {
  if (eventName === 'INSERT' || eventName === 'MODIFY' || eventName === 'REMOVE') return eventName;
  throw bad(`eventName is ${describe(eventName)}; expected INSERT, MODIFY or REMOVE`);
}

const VIEW_TYPES = ['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES'];

function viewTypeOf(viewType: unknown): string | undefined {
  if (viewType === undefined) return undefined;
  if (typeof viewType === 'string' && VIEW_TYPES.includes(viewType)) return viewType;
  throw bad(`StreamViewType is ${describe(viewType)}; expected one of ${VIEW_TYPES.join(', ')}`);
}

function sideOf(
  dynamodb: Json,
  name: 'NewImage' | 'OldImage',
  viewType: string | undefined,
  pk: string,
  sk: string,
): Side {
  const image = dynamodb[name];
  if (image === undefined || image === null) {
    const carried =
      viewType === 'NEW_AND_OLD_IMAGES' || viewType === (name === 'NewImage' ? 'NEW_IMAGE' : 'OLD_IMAGE');
    if (carried) throw bad(`${name} is missing, although the stream's view type is ${viewType}`);
    return 'withheld';
  }
  if (!isObject(image)) throw bad(`${name} is ${describe(image)}, not an object`);
  if (image['PK'] !== undefined && keyText(image['PK']) !== pk) throw bad(`${name}.PK differs from Keys.PK`);
  if (image['SK'] !== undefined && keyText(image['SK']) !== sk) throw bad(`${name}.SK differs from Keys.SK`);
  return new EncodedAttributes(image, dynamodb['Keys'] as object, name);
}

/** Deletions by time-to-live: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html */
function originOf(input: Json, dynamodb: Json): Origin {
  if (isTimeToLive(input['userIdentity'])) return 'ttl';
  // Global tables of version 2017.11.29 note in the row the region that wrote it; later versions leave no trace.
  const image = isObject(dynamodb['NewImage']) ? dynamodb['NewImage'] : dynamodb['OldImage'];
  const writer = isObject(image) ? keyText(image['aws:rep:updateregion']) : undefined;
  return writer !== undefined && writer !== input['awsRegion'] ? 'replication' : 'user';
}

/** Lambda writes the names of these fields small, GetRecords writes them large. */
function isTimeToLive(identity: unknown): boolean {
  if (!isObject(identity)) return false;
  const type = identity['type'] ?? identity['Type'];
  const principalId = identity['principalId'] ?? identity['PrincipalId'];
  return type === 'Service' && principalId === 'dynamodb.amazonaws.com';
}

/** Seconds since 1970 from Lambda, an ISO 8601 text from the AWS CLI, a Date from the SDK. */
function timeOf(created: unknown): number | undefined {
  let time = NaN;
  if (typeof created === 'number') time = created * 1000;
  else if (typeof created === 'string') time = Date.parse(created);
  else if (created instanceof Date) time = created.getTime();
  return Number.isFinite(time) ? time : undefined;
}

/** The label last read: nearly every record has the one before's, and texts that are kept should be one text. */
let lastLabel = { streamArn: '', label: '' };

/** The stream's label: `arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/stream/LABEL`. */
function labelOf(streamArn: string): string {
  if (streamArn !== lastLabel.streamArn) {
    const at = streamArn.lastIndexOf('/stream/');
    lastLabel = { streamArn, label: at < 0 ? '' : streamArn.slice(at + '/stream/'.length) };
  }
  return lastLabel.label;
}

function keysFault(keys: unknown): Fault {
  if (!isObject(keys)) return bad(`Keys is ${describe(keys)}, not an object`);
  const name = keyText(keys['PK']) === undefined ? 'PK' : 'SK';
  return bad(`Keys.${name} is ${describe(keys[name])}; expected {"S": "…"}`);
}

function keyText(value: unknown): string | undefined {
  return isObject(value) ? textOf(value['S']) : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return 'a list';
  if (isObject(value)) return 'an object';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function bad(problem: string): Fault {
  return new Fault('permanent', problem);
}

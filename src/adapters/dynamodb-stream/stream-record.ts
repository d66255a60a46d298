import type { Delivery } from '../../application/delivery.ts';
import type { Change, Operation, Side } from '../../domain/change.ts';
import { Fault } from '../../domain/fault.ts';
import { EncodedAttributes } from './attribute-value.ts';
import { otherKeys, sourceFault } from './expected-source.ts';
import { describe, isObject, type Json, keyText } from './json-fields.ts';
import { itemKey, sequenceOf } from './record-summary.ts';
import { rowOf } from './row-models.ts';
import { readStreamArn } from './stream-arn.ts';
import { StreamChange } from './stream-change.ts';
import { ChangeRecord, UndecodableRecord, UnrecognisedRecord } from './stream-delivery.ts';

export interface RecordOptions {
  /** The stream of records that do not name theirs, as GetRecords returns them. */
  readonly streamArn?: string;
  /** The generation of the stream's table. Default 0. */
  readonly generation?: number;
  /** Where the record was read from, for messages. */
  readonly place?: string;
  /** Name or ARN of the table whose records alone are right; any table's, unless given. */
  readonly table?: string | undefined;
}

/**
 * Maps one DynamoDB Streams record, as Lambda or GetRecords delivers it, to what the worker handles. Matches
 * its keys first and decodes no image: that happens when an attribute is asked for.
 *
 * Never throws: a record that cannot be read becomes `undecodable`, with everything that is known of it.
 */
export function toDelivery(input: unknown, options: RecordOptions = {}): Delivery {
  try {
    const change = toChange(input, options);
    return change === undefined
      ? new UnrecognisedRecord(input, options.place)
      : new ChangeRecord(input, options.place, change);
  } catch (error) {
    return new UndecodableRecord(input, options.place, Fault.from(error));
  }
}

function toChange(
  record: unknown,
  { streamArn = '', generation = 0, table }: RecordOptions,
): Change | undefined {
  const foreign = sourceFault(record, table);
  if (foreign !== undefined) throw foreign;
  const input = record as Json & { readonly dynamodb: Json };
  const { dynamodb } = input;
  const keys = dynamodb['Keys'];
  if (!isObject(keys)) throw wrong('Keys', keys, ', not an object');
  const pk = keyOf(keys, 'PK');
  const sk = keyOf(keys, 'SK');
  const operation = operationOf(input['eventName']);
  const sequence = sequenceOf(dynamodb['SequenceNumber']);
  if (sequence === undefined)
    throw wrong('SequenceNumber', dynamodb['SequenceNumber'], ', not a text of digits');

  const row = rowOf(pk, sk);
  if (row === undefined) return undefined;
  if ('malformed' in row) throw bad(row.malformed, row.reason);

  const viewType = viewTypeOf(dynamodb['StreamViewType']);
  const after = operation === 'REMOVE' ? 'absent' : sideOf(dynamodb, 'NewImage', viewType, pk, sk);
  const before = operation === 'INSERT' ? 'absent' : sideOf(dynamodb, 'OldImage', viewType, pk, sk);
  const stream = streamOf(input, streamArn);
  const identity = { stream, sequence };
  const version = { generation, epoch: labelOf(stream), sequence };
  return new StreamChange(input, identity, version, itemKey(pk, sk), row, operation, before, after, viewType);
}

function operationOf(eventName: unknown): Operation {
  if (eventName === 'INSERT' || eventName === 'MODIFY' || eventName === 'REMOVE') return eventName;
  throw wrong('eventName', eventName, '; expected INSERT, MODIFY or REMOVE');
}

const VIEW_TYPES = ['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES'];

function viewTypeOf(viewType: unknown): string | undefined {
  if (viewType === undefined) return undefined;
  if (typeof viewType === 'string' && VIEW_TYPES.includes(viewType)) return viewType;
  throw wrong('StreamViewType', viewType, `; expected one of ${VIEW_TYPES.join(', ')}`);
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
  if (!isObject(image)) throw wrong(name, image, ', not an object');
  if (image['PK'] !== undefined && keyText(image['PK']) !== pk) throw bad(`${name}.PK differs from Keys.PK`);
  if (image['SK'] !== undefined && keyText(image['SK']) !== sk) throw bad(`${name}.SK differs from Keys.SK`);
  return new EncodedAttributes(image, dynamodb['Keys'] as object, name);
}

/** The stream last read: nearly every record has the one before's, and texts that are kept should be one text. */
let last = { streamArn: '', label: '' };

function labelOf(streamArn: string): string {
  if (streamArn !== last.streamArn) last = { streamArn, label: readStreamArn(streamArn).label };
  return last.label;
}

/** The stream that a record names; `otherwise` where it names none. */
export function streamOf({ eventSourceARN }: Json, otherwise = ''): string {
  return typeof eventSourceARN === 'string' && eventSourceARN !== '' ? eventSourceARN : otherwise;
}

function keyOf(keys: Json, name: 'PK' | 'SK'): string {
  const text = keyText(keys[name]);
  if (text === undefined) throw otherKeys(keys) ?? wrong(`Keys.${name}`, keys[name], '; expected {"S": "…"}');
  return text;
}

/** Of a part of the record that is not what it must be. */
function wrong(part: string, value: unknown, expected: string): Fault {
  if (value !== undefined) return bad(`${part} is ${describe(value)}${expected}`, `${part}${expected}`);
  return bad(`the record has no ${part}${expected.startsWith(';') ? expected : ''}`);
}

/** @param reason the problem without what only this record holds. */
function bad(problem: string, reason = problem): Fault {
  return new Fault('permanent', problem, { reason });
}

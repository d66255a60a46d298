import type { RecordSummary } from '../../application/delivery.ts';
import { isObject, type Json } from '../../domain/json.ts';
import type { KeySchema } from '../../domain/table-model.ts';
import { textOf } from './json-fields.ts';
import { keyText } from './key-text.ts';

const NOTHING: Json = {};

/** What is known about a record, whatever it is. */
export function summaryOf(
  input: unknown,
  { partition, partitionType, sort, sortType }: KeySchema,
  place: string | undefined,
): RecordSummary {
  if (!isObject(input)) return { place };
  const dynamodb = partOf(input, 'dynamodb');
  const keys = partOf(dynamodb, 'Keys');
  const sizeBytes = dynamodb['SizeBytes'];
  return {
    eventName: textOf(input['eventName']),
    pk: keyText(keys[partition], partitionType),
    sk: sort === undefined ? undefined : keyText(keys[sort], sortType),
    sizeBytes: typeof sizeBytes === 'number' ? sizeBytes : undefined,
    sequenceNumber: sequenceOf(dynamodb['SequenceNumber']),
    eventID: textOf(input['eventID']),
    at: timeOf(input),
    place,
  };
}

export function sequenceOf(sequence: unknown): string | undefined {
  return typeof sequence === 'string' && /^\d+$/.test(sequence) ? sequence : undefined;
}

/**
 * When a record's change was made, in milliseconds since 1970. Lambda gives seconds since then, the AWS CLI an
 * ISO 8601 string, the SDK a Date.
 */
export function timeOf(input: unknown): number | undefined {
  if (!isObject(input)) return undefined;
  const created = partOf(input, 'dynamodb')['ApproximateCreationDateTime'];
  let time = NaN;
  if (typeof created === 'number') time = created * 1000;
  else if (typeof created === 'string') time = Date.parse(created);
  else if (created instanceof Date) time = created.getTime();
  return Number.isFinite(time) ? time : undefined;
}

function partOf(whole: Json, name: string): Json {
  const part = whole[name];
  return isObject(part) ? part : NOTHING;
}

import { isObject } from '../../domain/json.ts';
import { excerpt } from '../json/excerpt.ts';
import type { Found } from './found.ts';
import { parse } from '../json/parse.ts';

const EXPECTED = 'a stream record, a Lambda event, the output of get-records, or an array of those';

/** What a file may hold. */
export interface Forms {
  /** For messages. */
  readonly expected: string;
  /** Keys of an object whose arrays are read element by element. */
  readonly lists: readonly string[];
  /**
   * Reports what a value of the file holds, or why it holds nothing.
   *
   * @param list the key of the list that it is an element of; undefined where it is of none.
   */
  readonly interpret: (value: unknown, line: number, found: Found, list: string | undefined) => void;
}

export const RECORDS: Forms = {
  expected: `${EXPECTED}, as JSON`,
  lists: ['Records'],
  interpret: (value, line, found, list) => interpret(value, line, found, list !== undefined),
};

const RECORD_FIELDS = ['dynamodb', 'eventName', 'eventID', 'eventSource'];

/** Reports the records of a value, or why it has none. Lists and events are looked into wherever they stand. */
export function interpret(value: unknown, line: number, found: Found, isInEvent = false): void {
  const has = (field: string) => isObject(value) && Object.hasOwn(value, field);
  if (Array.isArray(value)) for (const item of value as unknown[]) interpret(item, line, found, isInEvent);
  // What is no object is no record either, as whoever validates records will say.
  else if (!isObject(value)) found.record(line, value);
  else if (has('Records')) records(value['Records'], 'Records', line, found);
  else if (has('payload')) payload(value['payload'], line, found);
  else if (has('DDBStreamBatchInfo')) found.problem(line, lost(value['DDBStreamBatchInfo']));
  else if (isInEvent || RECORD_FIELDS.some(has)) found.record(line, value);
  else {
    const text = excerpt(JSON.stringify(value));
    found.problem(line, `neither a stream record nor an event: ${text}; expected ${EXPECTED}`);
  }
}

function payload(value: unknown, line: number, found: Found): void {
  const parsed = typeof value === 'string' ? parse(value) : { value };
  if ('problem' in parsed) found.problem(line, `payload is ${parsed.problem}; expected an event`);
  else if (isObject(parsed.value) && Object.hasOwn(parsed.value, 'Records'))
    records(parsed.value['Records'], 'payload.Records', line, found);
  else {
    const is = isObject(parsed.value) ? 'has no Records' : `is ${shown(parsed.value)}`;
    found.problem(line, `payload ${is}; expected an event, or its JSON in a string`);
  }
}

function records(value: unknown, name: string, line: number, found: Found): void {
  if (Array.isArray(value)) interpret(value, line, found, true);
  else found.problem(line, `${name} is ${shown(value)}; expected an array`);
}

function lost(info: unknown): string {
  const [shard, first, last] = ['shardId', 'startSequenceNumber', 'endSequenceNumber'].map((field) =>
    shown(isObject(info) ? info[field] : undefined),
  );
  return (
    `an on-failure message without its records (shard ${shard}, sequence numbers ${first} to ${last}); ` +
    'only the S3 destination keeps the payload'
  );
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (isObject(value)) return 'an object';
  if (value === undefined) return 'missing';
  return typeof value === 'string' ? excerpt(value) : JSON.stringify(value);
}

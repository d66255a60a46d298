import { isObject } from '../../domain/json.ts';
import { excerpt } from '../json/excerpt.ts';
import type { Found } from './found.ts';
import { type Forms, interpret } from './interpret.ts';

const EXPECTED =
  'stream records, lines of an export to S3 in DYNAMODB_JSON, or the output of "aws dynamodb scan"';

const TYPES = new Set(['S', 'N', 'B', 'BOOL', 'NULL', 'SS', 'NS', 'BS', 'L', 'M']);

/**
 * Files of rows: those of stream records (`RECORDS`), and beside them an export to S3, whole or incremental, what
 * `aws dynamodb scan` and `query` print, and rows by themselves in DynamoDB's JSON. A row is reported as an object with
 * `Item`, or, of an incremental export, with `Keys` and images.
 */
export const ROWS: Forms = {
  expected: `${EXPECTED}, as JSON`,
  lists: ['Records', 'Items'],
  interpret: (value, line, found, list) => {
    if (list === 'Items') item(value, line, found);
    else if (list === 'Records') interpret(value, line, found, true);
    else interpretRows(value, line, found);
  },
};

function interpretRows(value: unknown, line: number, found: Found): void {
  const has = (field: string) => isObject(value) && Object.hasOwn(value, field);
  if (Array.isArray(value)) for (const one of value as unknown[]) interpretRows(one, line, found);
  else if (!isObject(value)) wrong(value, line, found);
  else if (isItem(value)) found.record(line, { Item: value });
  else if (has('Item')) item(value['Item'], line, found);
  else if (Array.isArray(value['Items'])) for (const one of value['Items']) item(one, line, found);
  else if (has('Keys') && (has('NewImage') || has('OldImage') || has('Metadata'))) found.record(line, value);
  else if (has('dataFileS3Key') || has('manifestFilesS3Key'))
    found.problem(line, 'a manifest of an export: name the data files themselves, or the folder data');
  else if (['Records', 'payload', 'DDBStreamBatchInfo', 'dynamodb', 'eventName'].some(has))
    interpret(value, line, found);
  else wrong(value, line, found);
}

function item(value: unknown, line: number, found: Found): void {
  if (isItem(value)) found.record(line, { Item: value });
  else wrong(value, line, found);
}

/** Whether an object is a row in DynamoDB's JSON: each attribute an object with a type and its value. */
function isItem(value: unknown): boolean {
  if (!isObject(value)) return false;
  const attributes = Object.values(value);
  return attributes.length > 0 && attributes.every(isTyped);
}

function isTyped(value: unknown): boolean {
  if (!isObject(value)) return false;
  const [type, ...others] = Object.keys(value);
  return type !== undefined && others.length === 0 && TYPES.has(type);
}

function wrong(value: unknown, line: number, found: Found): void {
  found.problem(line, `neither a row nor a stream record: ${shownOf(value)}; expected ${EXPECTED}`);
}

/** Names alone: values may be personal. */
function shownOf(value: unknown): string {
  if (!isObject(value))
    return Array.isArray(value) ? 'an array' : value === null ? 'null' : `a ${typeof value}`;
  return `an object with ${excerpt(Object.keys(value).join(', '))}`;
}

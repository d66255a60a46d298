import { excerpt } from './excerpt.ts';
import { parseText } from './parse.ts';

const EXPECTED = 'a stream record, a Lambda event, what get-records returned, or a list of those';

/** What a file should hold, for messages. */
export const EXPECTED_INPUT = `${EXPECTED}, as JSON`;

const RECORD_FIELDS = ['dynamodb', 'eventName', 'eventID', 'eventSource'];

/** Takes what is found. */
export interface Output {
  record(line: number, record: unknown): void;
  problem(line: number, message: string): void;
}

/** Where a value stands: the line it starts at, and that of the string under its `payload`. */
export interface Lines {
  readonly line: number;
  readonly payloadLine: number;
}

/** Whether a value is an event, or what Lambda sends to an on-failure destination: one that no record looks like. */
export function isEnvelope(value: unknown): boolean {
  return (
    isObject(value) && ['Records', 'payload', 'DDBStreamBatchInfo'].some((key) => Object.hasOwn(value, key))
  );
}

/** Reports the records of a value that stands by itself or in a list that may hold events, or why it has none. */
export function interpret(value: unknown, lines: Lines, out: Output): void {
  // Not a record, but one in a list of them: whoever validates records says so.
  if (!isObject(value)) out.record(lines.line, value);
  else if (Object.hasOwn(value, 'Records')) records(value['Records'], 'Records', lines.line, out);
  else if (Object.hasOwn(value, 'payload')) payload(value['payload'], lines, out);
  else if (Object.hasOwn(value, 'DDBStreamBatchInfo'))
    out.problem(lines.line, lost(value['DDBStreamBatchInfo']));
  else if (RECORD_FIELDS.some((field) => Object.hasOwn(value, field))) out.record(lines.line, value);
  else {
    const text = excerpt(JSON.stringify(value));
    out.problem(lines.line, `neither a stream record nor an event: ${text}; expected ${EXPECTED}`);
  }
}

function payload(value: unknown, { line, payloadLine }: Lines, out: Output): void {
  if (typeof value !== 'string') {
    event(value, line, out);
    return;
  }
  const parsed = parseText(value);
  if ('problem' in parsed) out.problem(payloadLine, `payload is ${parsed.problem}; expected an event`);
  else event(parsed.value, payloadLine, out);
}

function event(value: unknown, line: number, out: Output): void {
  if (isObject(value) && Object.hasOwn(value, 'Records')) {
    records(value['Records'], 'payload.Records', line, out);
  } else {
    const found = isObject(value) ? 'has no Records' : `is ${describe(value)}`;
    out.problem(line, `payload ${found}; expected an event, or its JSON in a string`);
  }
}

function records(value: unknown, name: string, line: number, out: Output): void {
  if (!Array.isArray(value)) out.problem(line, `${name} is ${describe(value)}; expected a list`);
  else for (const record of value as unknown[]) out.record(line, record);
}

function lost(info: unknown): string {
  const field = (name: string) =>
    isObject(info) && Object.hasOwn(info, name) ? describe(info[name]) : 'missing';
  return (
    `an on-failure message without its records (shard ${field('shardId')}, sequence numbers ` +
    `${field('startSequenceNumber')} to ${field('endSequenceNumber')}); only the S3 destination keeps the payload`
  );
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return excerpt(value);
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import type { GivenUp } from '../../application/ports/given-up.ts';
import { Fault } from '../../domain/fault.ts';
import { isObject, type Json } from '../../domain/json.ts';
import { recordIn } from '../json/packed-record.ts';
import { readSearchMessage } from '../json/read-search-message.ts';
import { Found } from './found.ts';
import { type Forms, interpret } from './interpret.ts';
import { parse } from '../json/parse.ts';

const EXPECTED =
  'a batch that was given up, a quarantine message, a search action, a stream record, or a Lambda event';

/**
 * What was given up, in whatever form it was kept: all that records are read from (`RECORDS`), and beside it messages of the quarantine,
 * search actions, what destinations are told that get no records, and what `aws sqs receive-message` prints of any of these. Each is reported
 * as a `GivenUp`.
 */
export const GIVEN_UP: Forms = {
  expected: `${EXPECTED}, as JSON`,
  lists: ['Records'],
  interpret: (value, line, found, list) => report(value, found, line, list !== undefined),
};

/** What the text of a message holds. Never throws. */
export function givenUpIn(body: string): readonly GivenUp[] {
  const found = new Found('the message');
  const parsed = parse(body);
  if ('problem' in parsed) return [{ is: 'unknown', why: `the message is ${parsed.problem}` }];
  report(parsed.value, found, 1, false);
  return found.items.map((item) =>
    item.kind === 'problem' ? { is: 'unknown', why: item.message } : (item.record as GivenUp),
  );
}

function report(value: unknown, found: Found, line: number, isInEvent: boolean): void {
  const has = (field: string) => isObject(value) && Object.hasOwn(value, field);
  if (Array.isArray(value)) for (const one of value as unknown[]) report(one, found, line, isInEvent);
  else if (!isObject(value) || isInEvent) found.record(line, recordOf(value));
  else if (has('reason') && has('fault') && has('source')) quarantined(value, found, line);
  else if (has('action') && has('collection')) found.record(line, ofAction(value));
  else if (Array.isArray(value['Messages'])) report(value['Messages'], found, line, false);
  else if (typeof value['Body'] === 'string') body(value['Body'], found, line);
  else if (has('DDBStreamBatchInfo') && !has('payload') && !has('Records'))
    found.record(line, ofRange(value['DDBStreamBatchInfo']));
  else records(value, found, line);
}

function records(value: Json, found: Found, line: number): void {
  const inside = new Found('');
  interpret(value, line, inside);
  for (const item of inside.items)
    if (item.kind === 'record') found.record(line, recordOf(item.record));
    else found.problem(line, item.message);
}

function recordOf(record: unknown): GivenUp {
  return { is: 'record', record };
}

function quarantined(message: Json, found: Found, line: number): void {
  try {
    found.record(line, recordOf(recordIn(message)));
  } catch (error) {
    found.problem(line, `not a quarantine message: ${(error as Error).message}`);
  }
}

function body(text: string, found: Found, line: number): void {
  const parsed = parse(text);
  if ('problem' in parsed) found.problem(line, `Body is ${parsed.problem}`);
  else report(parsed.value, found, line, false);
}

function ofAction(message: Json): GivenUp {
  const action = readSearchMessage(JSON.stringify(message));
  if (Fault.is(action)) return { is: 'unknown', why: action.message };
  const { row, key, version } = action;
  if (row !== undefined) return { is: 'row', key: row, version };
  const what = JSON.stringify([key.collection, key.id]).slice(0, 300);
  return {
    is: 'unknown',
    why: `the search action for ${what} does not say of which row it is: move it back to the search queue`,
  };
}

function ofRange(info: unknown): GivenUp {
  const { streamArn, shardId, startSequenceNumber, endSequenceNumber } = isObject(info) ? info : {};
  const isNumber = (text: unknown): text is string => typeof text === 'string' && /^\d{1,60}$/.test(text);
  if (typeof streamArn !== 'string' || typeof shardId !== 'string')
    return { is: 'unknown', why: 'DDBStreamBatchInfo names no stream and shard' };
  if (!isNumber(startSequenceNumber) || !isNumber(endSequenceNumber))
    return { is: 'unknown', why: 'DDBStreamBatchInfo has no sequence numbers' };
  return {
    is: 'range',
    ...{ stream: streamArn, shard: shardId, first: startSequenceNumber, last: endSequenceNumber },
  };
}

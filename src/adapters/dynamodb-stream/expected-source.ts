import { Fault } from '../../domain/fault.ts';
import { isObject, type Json } from '../../domain/json.ts';
import type { KeyType } from '../../domain/key-value.ts';
import type { KeySchema } from '../../domain/table-model.ts';
import { describe, textOf } from './json-fields.ts';

/**
 * Whether a record is of the stream that the worker reads, as far as the record says. What another source delivers is
 * not poison: the record is fine, but the function has a trigger that it should not have, or is set to another table.
 *
 * @param table name or ARN of the only table whose records are accepted; any table's, unless given.
 * @returns a `configuration` Fault that says what came, and what was expected; undefined when nothing is wrong.
 */
export function sourceFault(record: unknown, table: string | undefined): Fault | undefined {
  if (!isObject(record)) return noStreamRecord(describe(record));
  // SNS capitalises it. GetRecords may leave it out.
  const source = record['eventSource'] ?? record['EventSource'];
  if (source !== undefined && source !== null && source !== 'aws:dynamodb') {
    const arn = textOf(record['eventSourceARN'] ?? record['EventSubscriptionArn']);
    return foreign(
      `the record comes from ${describe(source)}${arn === undefined ? '' : ` (${arn})`}; expected aws:dynamodb, a table's stream: remove the other trigger from the function`,
      'records that are not of the stream of a table',
    );
  }
  if (!isObject(record['dynamodb'])) return noStreamRecord(fieldsOf(record));
  // The same changes, but without sequence numbers that put them in order.
  if (record['recordFormat'] !== undefined)
    return noStreamRecord(`${fieldsOf(record)}, the format of Kinesis Data Streams for DynamoDB`);
  const streamArn = record['eventSourceARN'];
  if (table === undefined || typeof streamArn !== 'string' || streamArn === '') return undefined;
  const [, tableArn, name] =
    /^(arn:[^:]+:dynamodb:[^:]*:[^:]*:table\/([^/]+))\/stream\//.exec(streamArn) ?? [];
  if (table !== (table.startsWith('arn:') ? tableArn : name))
    return foreign(
      `the record comes from ${streamArn}; expected the stream of table ${table}: point the function's trigger at that stream, or set TABLE_NAME to this stream's table`,
      "records from another table's stream",
    );
  return undefined;
}

function noStreamRecord(found: string): Fault {
  return foreign(
    `received ${found}; expected a DynamoDB stream record, with eventName and a dynamodb object that has a SequenceNumber: let only the event source mapping of the table's stream invoke the function`,
    `received ${found}`,
  );
}

function fieldsOf(record: Json): string {
  const names = Object.keys(record);
  return names.length === 0
    ? 'an object without fields'
    : `an object with the fields ${names.join(', ').slice(0, 300)}`;
}

/**
 * A `configuration` Fault for keys of a table with another key schema; undefined for those of this one, and for what cannot
 * be any table's keys.
 *
 * @param expected what the keys should be called, and their types.
 */
export function otherKeys(keys: Json, expected: KeySchema): Fault | undefined {
  const present = Object.entries(keys).filter(([, value]) => value !== undefined);
  const found = present.map(([name, value]) => ({ name, type: keyTypeOf(value) }));
  if (found.length === 0 || found.some(({ type }) => type === undefined)) return undefined;
  const { partition, partitionType, sort, sortType } = expected;
  const all = [{ name: partition, type: partitionType }];
  if (sort !== undefined) all.push({ name: sort, type: sortType });
  const isExpected =
    found.length === all.length &&
    all.every(({ name, type }) => found.some((one) => one.name === name && one.type === type));
  if (isExpected) return undefined;
  const names = inWords(found);
  const wanted = inWords(all);
  return foreign(
    `the record's keys are ${names.slice(0, 300)}; expected ${wanted}: the stream is another table's, or the table does not have the keys that Contrail reads`,
    `records with keys other than ${wanted}`,
  );
}

function inWords(
  attributes: readonly { readonly name: string; readonly type: string | undefined }[],
): string {
  return attributes.map(({ name, type = '' }) => `${name} (${type})`).join(' and ');
}

const KEY_TYPES: readonly string[] = ['S', 'N', 'B'] satisfies KeyType[];

/** The type of an attribute of a key; undefined where it can be none. */
export function keyTypeOf(value: unknown): KeyType | undefined {
  if (!isObject(value)) return undefined;
  const [type, ...others] = Object.keys(value);
  if (type === undefined || others.length > 0 || !KEY_TYPES.includes(type)) return undefined;
  const content = value[type];
  const isContent = typeof content === 'string' || (type === 'B' && content instanceof Uint8Array);
  return isContent ? (type as KeyType) : undefined;
}

function foreign(message: string, reason: string): Fault {
  return new Fault('configuration', message, { reason });
}

import { BatchGetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import { Fault } from '../../../domain/fault.ts';
import { canonicalText } from '../../../domain/canonical-text.ts';
import { abortableBy } from '../clients.ts';
import { fromNative, type NativeValue } from './native-value.ts';

/** An item's key as the document client takes and gives it: one or two values, by the names of the table's key attributes. */
export type RawKey = Readonly<Record<string, NativeValue>>;

/** DynamoDB's limit on one BatchGetItem. */
const KEYS_PER_REQUEST = 100;

/** Requests under way at a time. */
const CONCURRENCY = 8;

/**
 * Reads items consistently, a hundred a request. One result a key, in the order of the keys; undefined where there
 * is no item, a `transient` Fault where DynamoDB left the key unprocessed.
 *
 * @param keys all of the same table, so that they have the same attributes.
 *
 * Rejects once `signal` is aborted. When a request fails, no further one starts, and what the client threw is thrown.
 */
export async function readAll<Row extends object>(
  client: DynamoDBDocumentClient,
  table: string,
  keys: readonly RawKey[],
  signal?: AbortSignal,
): Promise<(Row | undefined | Fault)[]> {
  const attributes = Object.keys(keys[0] ?? {});
  const nameOf = (item: object) =>
    JSON.stringify(attributes.map((attribute) => nameOfValue((item as RawKey)[attribute])));
  const names = keys.map(nameOf);
  const keyByName = new Map(keys.map((key, index) => [names[index] as string, key]));
  const results = new Map<string, Row | Fault>();

  const read = async (chunk: readonly (readonly [name: string, key: RawKey])[]) => {
    const request = { Keys: chunk.map(([, key]) => key), ConsistentRead: true };
    signal?.throwIfAborted();
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetCommand({ RequestItems: { [table]: request } }),
      abortableBy(signal),
    );
    for (const row of (Responses?.[table] ?? []) as Row[]) results.set(nameOf(row), row);
    for (const key of (UnprocessedKeys?.[table]?.Keys ?? []) as RawKey[])
      results.set(nameOf(key), unprocessedFault());
  };
  await pMap(chunksOf([...keyByName]), read, { concurrency: CONCURRENCY });
  return names.map((name) => results.get(name));
}

/** One text per value of an attribute, whose values have one type. */
function nameOfValue(value: NativeValue): string {
  return typeof value === 'string' ? value : canonicalText(fromNative(value));
}

function chunksOf<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / KEYS_PER_REQUEST) }, (_, index) =>
    items.slice(index * KEYS_PER_REQUEST, (index + 1) * KEYS_PER_REQUEST),
  );
}

function unprocessedFault(): Fault {
  return new Fault(
    'transient',
    'DynamoDB left this key of a batch read unprocessed: its throughput was exhausted, or the response was full',
  );
}

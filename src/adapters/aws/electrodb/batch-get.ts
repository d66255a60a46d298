import { createConversions } from 'electrodb';
import { Fault } from '../../../domain/fault.ts';
import { concurrently } from '../concurrently.ts';

/** An item's key as the table has it. */
export interface RawKey {
  readonly PK: string;
  readonly SK: string;
}

/** The part of an ElectroDB entity that batch reads use. */
interface BatchReadable {
  get(keys: readonly object[]): {
    go(options: object): Promise<{
      data: readonly ({ readonly Item: unknown } | null)[];
      unprocessed: readonly unknown[];
    }>;
  };
}

/** Rows come as the table has them: what their attributes say of their keys may be wrong. */
const OPTIONS = {
  consistent: true,
  ignoreOwnership: true,
  originalErr: true,
  data: 'raw',
  unprocessed: 'raw',
} as const;

/** DynamoDB's limit on one BatchGetItem. */
const KEYS_PER_REQUEST = 100;

/** Requests under way at a time. */
const CONCURRENCY = 8;

/**
 * Reads items consistently, a hundred a request. One result a key, in the order of the keys; undefined where there
 * is no item, a `transient` Fault where DynamoDB left the key unprocessed.
 *
 * Once `signal` is aborted, no further request starts, and those under way are broken off: their keys get a
 * `transient` Fault. When a request fails, no further one starts, and what the client threw is thrown.
 */
export async function readAll<Row extends RawKey>(
  electroEntity: object,
  keys: readonly object[],
  signal?: AbortSignal,
): Promise<(Row | undefined | Fault)[]> {
  // ElectroDB gives every entity a type of its own, and no common one.
  const entity = electroEntity as BatchReadable;
  const { fromComposite } = createConversions(electroEntity as never);
  const names = keys.map((key) => nameOf(fromComposite.toKeys<RawKey>(key)));
  const keyByName = new Map(names.map((name, index) => [name, keys[index] as object]));
  const results = new Map<string, Row | Fault>();
  let failed = false;

  const read = async (chunk: readonly (readonly [name: string, key: object])[]) => {
    if (failed) return;
    const request = entity.get(chunk.map(([, key]) => key));
    try {
      const { data, unprocessed } = await request.go({ ...OPTIONS, ...(signal && { abortSignal: signal }) });
      for (const found of data)
        if (found !== null) results.set(nameOf(found.Item as RawKey), found.Item as Row);
      for (const key of unprocessed) results.set(nameOf(key as RawKey), unprocessedFault());
    } catch (error) {
      // ElectroDB itself sends nothing once the signal is aborted.
      if (!signal?.aborted) {
        failed = true;
        throw error;
      }
      for (const [name] of chunk) results.set(name, abortedFault(error));
    }
  };
  await concurrently(chunksOf([...keyByName]), CONCURRENCY, read);
  return names.map((name) => results.get(name));
}

function chunksOf<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / KEYS_PER_REQUEST) }, (_, index) =>
    items.slice(index * KEYS_PER_REQUEST, (index + 1) * KEYS_PER_REQUEST),
  );
}

function nameOf({ PK, SK }: RawKey): string {
  return JSON.stringify([PK, SK]);
}

function abortedFault(cause: unknown): Fault {
  return new Fault('transient', 'the reading was aborted before this item was read', { cause });
}

function unprocessedFault(): Fault {
  return new Fault(
    'transient',
    'DynamoDB left this key of a batch read unprocessed: its throughput was used up, or the answer was full',
  );
}

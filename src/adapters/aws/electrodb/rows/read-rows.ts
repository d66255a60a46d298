import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { StoredDerivedRow } from '../../../../application/ports/derived-row-repository.ts';
import { groupBy } from '../../../../domain/coalesce.ts';
import type { DerivedKey } from '../../../../domain/derived-rows.ts';
import { Fault } from '../../../../domain/fault.ts';
import { DERIVED_FROM } from '../../../../domain/stored-rows.ts';
import { translateError } from '../../translate-error.ts';
import { readAll } from '../batch-get.ts';
import { fromNative, type NativeValue } from '../native-value.ts';
import { nativeKey } from '../raw-key.ts';
import type { RowsTables } from './rows-tables.ts';
import { originIn } from './stored-origin.ts';

type Found = StoredDerivedRow | undefined | Fault;

/** Reads derived rows, those of each table together. What is in the way of a table's is a fault of each of its keys. */
export async function readDerivedRows(
  client: DynamoDBDocumentClient,
  { table: own }: RowsTables,
  keys: readonly DerivedKey[],
  signal: AbortSignal | undefined,
): Promise<readonly Found[]> {
  signal?.throwIfAborted();
  const found = new Map<DerivedKey, Found>();
  const byTable = [...groupBy(keys, ({ table = own }) => table)];
  await Promise.all(
    byTable.map(async ([table, some]) => {
      const originOf = (stored: string) => originIn(own, some[0].table, stored);
      const rows = await readTable(client, { table, originOf }, some, signal);
      for (const [index, key] of some.entries()) found.set(key, rows[index]);
    }),
  );
  return keys.map((key) => found.get(key));
}

async function readTable(
  client: DynamoDBDocumentClient,
  { table, originOf }: { readonly table: string; readonly originOf: (stored: string) => string },
  keys: readonly DerivedKey[],
  signal: AbortSignal | undefined,
): Promise<readonly Found[]> {
  try {
    const asked = keys.map(({ key }) => nativeKey(key));
    const rows = await readAll<Record<string, NativeValue>>(client, table, asked, signal);
    return rows.map((row, index) => {
      const names = Object.keys(keys[index]?.key ?? {});
      return row === undefined || Fault.is(row) ? row : stored(row, names, originOf);
    });
  } catch (error) {
    signal?.throwIfAborted();
    const fault = translateError(error, { resource: `table ${table}`, variable: 'TABLE_NAME' });
    return keys.map(() => fault);
  }
}

function stored(
  row: Readonly<Record<string, NativeValue>>,
  keys: readonly string[],
  originOf: (stored: string) => string,
): StoredDerivedRow | Fault {
  const { [DERIVED_FROM]: source, ...rest } = row;
  const others = Object.entries(rest).filter(([name]) => !keys.includes(name));
  try {
    return {
      attributes: Object.fromEntries(others.map(([name, value]) => [name, fromNative(value)])),
      source: typeof source === 'string' ? originOf(source) : undefined,
    };
  } catch (error) {
    return Fault.from(error);
  }
}

import { type KeyValue, keyRecord } from '../../../domain/key-value.ts';
import type { ItemKey } from '../../../domain/row.ts';
import type { KeySchema } from '../../../domain/table-model.ts';
import type { RawKey } from './batch-get.ts';
import { toNative } from './native-value.ts';

/** The key of an item of a table, by the names of the table's key attributes, as the document client takes it. */
export function rawKey(keys: KeySchema, key: ItemKey): RawKey {
  return nativeKey(keyRecord(keys, key));
}

export function nativeKey(key: Readonly<Record<string, KeyValue>>): RawKey {
  return Object.fromEntries(Object.entries(key).map(([name, value]) => [name, toNative(value)]));
}

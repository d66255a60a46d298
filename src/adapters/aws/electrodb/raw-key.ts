import type { ItemKey } from '../../../domain/row.ts';
import type { KeySchema } from '../../../domain/table-model.ts';
import type { RawKey } from './batch-get.ts';

/** The key of an item of a table, by the names of the table's key attributes. */
export function rawKey(keys: KeySchema, { partition, sort }: ItemKey): RawKey {
  return keys.sort === undefined
    ? { [keys.partition]: partition }
    : { [keys.partition]: partition, [keys.sort]: sort ?? '' };
}

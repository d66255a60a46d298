import { type ItemKey, itemKey } from '../../../domain/row.ts';
import { hashedKey } from '../values/hashed-key.ts';

/** What a row of the source table is known by. */
export function sourceRowId(key: ItemKey): string {
  return hashedKey(itemKey(key));
}

/** What rows of one partition have in common. */
export function partitionId(partition: string): string {
  return hashedKey(partition);
}

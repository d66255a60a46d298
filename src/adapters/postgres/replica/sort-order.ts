import type { KeyType } from '../../../domain/key-value.ts';
import { storedText } from '../values/text.ts';

/** Columns by which rows of a partition stand as DynamoDB sorts them: the number goes first. */
export interface SortOrder {
  /** Digits; null unless sort keys are numbers. */
  readonly sort_number: string | null;
  readonly sort_order: string | null;
}

/** @param sort the text of a sort key; undefined where the table has none. */
export function sortOrder(sort: string | undefined, type: KeyType): SortOrder {
  if (sort === undefined) return { sort_number: null, sort_order: null };
  if (type === 'N') return { sort_number: sort, sort_order: null };
  // Base64 stands in another order than its bytes do.
  const order = type === 'B' ? Buffer.from(sort, 'base64url').toString('hex') : storedText(sort);
  return { sort_number: null, sort_order: order };
}

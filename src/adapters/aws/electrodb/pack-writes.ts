import { packBatches } from '../pack-batches.ts';

/**
 * Items in one transaction. DynamoDB allows a hundred, and 4 MB. Fewer, because while a transaction is under way other
 * writes to its items fail with TransactionConflict, those of the application to its images among them; the fewer
 * items, the sooner it is through, and the fewer writes are cancelled with one that meets a conflict.
 */
const MAX_ITEMS = 50;

/** Groups writes, in their order, so that each group fits one transaction. Bytes are left to DynamoDB to refuse. */
export function packWrites<T>(
  writes: readonly T[],
  itemsOf: (write: T) => number,
): readonly (readonly T[])[] {
  return packBatches(writes, itemsOf, { count: MAX_ITEMS, weight: MAX_ITEMS }).batches;
}

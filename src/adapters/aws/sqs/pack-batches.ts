export interface BatchLimits {
  /** Items in one batch. */
  readonly count: number;
  /** Bytes of all items in one batch. */
  readonly bytes: number;
}

export interface Packed<T> {
  /** None is empty. */
  readonly batches: readonly (readonly T[])[];
  /** Items that are larger than a batch may be. */
  readonly oversized: readonly T[];
}

/**
 * Packs items into batches within the limits: each item once, in the order given, and as few batches as that
 * order allows.
 */
export function packBatches<T>(
  items: readonly T[],
  bytesOf: (item: T) => number,
  limits: BatchLimits,
): Packed<T> {
  const batches: T[][] = [];
  const oversized: T[] = [];
  let batch: T[] = [];
  let filled = 0;
  for (const item of items) {
    const bytes = bytesOf(item);
    if (bytes > limits.bytes) {
      oversized.push(item);
      continue;
    }
    if (batch.length === 0 || batch.length === limits.count || filled + bytes > limits.bytes) {
      batches.push((batch = []));
      filled = 0;
    }
    batch.push(item);
    filled += bytes;
  }
  return { batches, oversized };
}

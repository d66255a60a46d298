export interface BatchLimits {
  /** Items in one batch. */
  readonly count: number;
  /** What all items in one batch weigh together: bytes, for one. */
  readonly weight: number;
}

export interface Packed<T> {
  /** None is empty. */
  readonly batches: readonly (readonly T[])[];
  /** Items that are heavier than a batch may be. */
  readonly oversized: readonly T[];
}

/**
 * Packs items into batches within the limits: each item once, in the order given, and as few batches as that
 * order allows.
 */
export function packBatches<T>(
  items: readonly T[],
  weightOf: (item: T) => number,
  limits: BatchLimits,
): Packed<T> {
  const batches: T[][] = [];
  const oversized: T[] = [];
  let batch: T[] = [];
  let filled = 0;
  for (const item of items) {
    const weight = weightOf(item);
    if (weight > limits.weight) {
      oversized.push(item);
      continue;
    }
    if (batch.length === 0 || batch.length === limits.count || filled + weight > limits.weight) {
      batches.push((batch = []));
      filled = 0;
    }
    batch.push(item);
    filled += weight;
  }
  return { batches, oversized };
}

import { packBatches } from '../../application/pack-batches.ts';
import { isNameable, MAX_FILTER_LENGTH, MAX_FILTERED } from './addresses.ts';

/** Groups of ids, each for one request: as many as one filter can name, and all others alone. */
export function groupsOf<T extends { readonly id: string }>(items: readonly T[]): readonly (readonly T[])[] {
  const limits = { count: MAX_FILTERED, weight: MAX_FILTER_LENGTH };
  const { batches } = packBatches(
    items.filter(({ id }) => isNameable(id)),
    // Two back-ticks and a comma, encoded.
    ({ id }) => encodeURIComponent(id).length + 9,
    limits,
  );
  return [...batches, ...items.filter(({ id }) => !isNameable(id)).map((item) => [item])];
}

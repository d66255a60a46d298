import type { Result } from '../../../application/result.ts';
import { Fault } from '../../../domain/fault.ts';

/** What became of items that were to be written together, by the item. */
export type Results<T> = ReadonlyMap<T, Result>;

export function forAll<T>(items: readonly T[], result: Result): Results<T> {
  return new Map(items.map((item) => [item, result]));
}

/**
 * Writes a group, all of it or nothing; where some of it was in the way of the others, again at once without that.
 *
 * @param attempt writes items in one transaction. It gives each a result, or only those that were in the way.
 * @returns one result per item, in their order; those that were refused together share one `Refusal`.
 */
export async function writeGroup<T>(
  group: readonly T[],
  attempt: (items: readonly T[]) => Promise<Results<T>>,
  signal: AbortSignal | undefined,
): Promise<readonly Result[]> {
  const results = new Map<T, Result>();
  let pending = group;
  while (pending.length > 0) {
    signal?.throwIfAborted();
    const answers = await attempt(pending);
    for (const item of pending) {
      const result = answers.size > 0 ? answers.get(item) : noReason();
      if (result !== undefined) results.set(item, result);
    }
    pending = pending.filter((item) => !results.has(item));
  }
  return group.map((item) => results.get(item) ?? noReason());
}

function noReason(): Fault {
  return new Fault('transient', 'the transaction was cancelled for no known reason');
}

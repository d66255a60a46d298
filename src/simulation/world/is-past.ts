import { type Entry, isAfter } from './entry.ts';
import type { Ledger } from './ledger.ts';
import type { Reigns } from './reigns.ts';

/** Whether the streams have gone on past all that a record's item had before it. */
export function isPast(
  { key, position }: Entry,
  { ledger, reigns }: { readonly ledger: Ledger; readonly reigns: Reigns },
): boolean {
  return ledger.entries.every(
    (one) =>
      one.key !== key ||
      !isAfter(position, one.position) ||
      ledger.isAcknowledged(one) ||
      ledger.isAside(one) ||
      reigns.lossOf(one) !== undefined,
  );
}

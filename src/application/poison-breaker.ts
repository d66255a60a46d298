import { type Delivery, itemOf } from './delivery.ts';
import { asksNothing, type Verdict } from './plan-batch.ts';

/**
 * Which share of a batch's items may be poison for one reason, unless told otherwise. A row that is wrong is wrong by
 * itself: one of many, or a few that one mistake made. Where more than half of a batch are wrong in the same way, it is
 * rather the worker that is: an older version than the table's writers, or a reader of something that is not for it.
 */
export const DEFAULT_MAX_SHARE = 0.5;

/**
 * Fewer poison items of one reason than these are never too many, unless told otherwise: they may be all of a quiet
 * table's batch, or be left over of a batch whose good records are done when Lambda delivers its tail again.
 */
export const FEWEST_SUSPECTS = 10;

export interface BreakerLimits {
  /** Above 0, up to 1: the share of a batch's items that is not yet too much. */
  readonly maxShare: number;
  readonly fewestSuspects: number;
}

/** Why too many items of a batch would be poison. */
export interface Suspicion {
  readonly reason: string;
  /** Items that would be poison for it, and items of the batch. */
  readonly poison: number;
  readonly items: number;
}

/**
 * The reason for which more than a share of a batch's items would be poison, or have gone to quarantine at this
 * delivery; undefined when there is none. It counts items, as one that changes often is one; a record whose item is not
 * known is one by itself. Records that nothing is asked of, rows that nothing is derived from and the worker's own
 * among them, do not count: they prove nothing of the worker. Nor do those that it quarantined at an earlier delivery:
 * they were judged beside others than those that are delivered again.
 */
export function suspicionOf(
  deliveries: readonly Delivery[],
  verdicts: readonly Verdict[],
  { maxShare, fewestSuspects }: BreakerLimits,
): Suspicion | undefined {
  const itemAt = (index: number): string | number => {
    const delivery = deliveries[index];
    return (delivery && itemOf(delivery)) ?? index;
  };
  const poisonByReason = new Map<string, Set<string | number>>();
  for (const [index, verdict] of verdicts.entries()) {
    if (!('fault' in verdict) || verdict.fault.kind !== 'permanent' || !counts(verdict)) continue;
    const { reason } = verdict.fault;
    const poison = poisonByReason.get(reason);
    if (poison === undefined) poisonByReason.set(reason, new Set([itemAt(index)]));
    else poison.add(itemAt(index));
  }
  const suspects = [...poisonByReason].filter(([, { size }]) => size >= fewestSuspects);
  if (suspects.length === 0) return undefined;

  const items = new Set(verdicts.flatMap((verdict, index) => (counts(verdict) ? [itemAt(index)] : []))).size;
  const suspect = suspects.find(([, { size }]) => size > items * maxShare);
  return suspect && { reason: suspect[0], poison: suspect[1].size, items };
}

function counts(verdict: Verdict): boolean {
  switch (verdict.kind) {
    case 'planned':
      return !asksNothing(verdict.commands);
    case 'quarantined':
      return !verdict.before;
    case 'applied':
    case 'failed':
      return true;
    case 'duplicate': // of a change that stands earlier in the batch
    case 'ignored':
      return false;
  }
}

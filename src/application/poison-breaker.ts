import { type Delivery, itemOf } from './delivery.ts';
import { asksNothing, isPoison, type RecordState } from './record-state.ts';

/**
 * Which share of a batch's items may be poison for one reason, by default. Wrong rows are few among many. Where more
 * than half of a batch are wrong in the same way, the worker is probably at fault: it is older than the table's writers,
 * or reads something that is not for it.
 */
export const DEFAULT_MAX_SHARE = 0.5;

/**
 * Fewer poison items for one reason than these are never too many, by default: they may be a quiet table's whole batch,
 * or the rest of a batch whose good records were done before Lambda delivered its tail again.
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
 * delivery; undefined when there is none. It counts items, not records: an item that changes often counts once. A record
 * whose item is not known counts as an item of its own. Records that ask for nothing do not count, because they prove
 * nothing about the worker; nor do those that it quarantined at an earlier delivery, which were judged then, or that are of an item that was
 * parked before.
 *
 * @param isSuspect which records would be put aside; poison, unless given.
 */
export function suspicionOf(
  deliveries: readonly Delivery[],
  states: readonly RecordState[],
  { maxShare, fewestSuspects }: BreakerLimits,
  isSuspect: (state: RecordState, index: number) => boolean = isAside,
): Suspicion | undefined {
  const itemAt = (index: number): string | number => {
    const delivery = deliveries[index];
    return (delivery && itemOf(delivery)) ?? index;
  };
  const poisonByReason = new Map<string, Set<string | number>>();
  for (const [index, state] of states.entries()) {
    if (!isSuspect(state, index) || !('fault' in state) || !counts(state)) continue;
    const { reason } = state.fault;
    const poison = poisonByReason.get(reason);
    if (poison === undefined) poisonByReason.set(reason, new Set([itemAt(index)]));
    else poison.add(itemAt(index));
  }
  const suspects = [...poisonByReason].filter(([, { size }]) => size >= fewestSuspects);
  if (suspects.length === 0) return undefined;

  const items = new Set(states.flatMap((state, index) => (counts(state) ? [itemAt(index)] : []))).size;
  const suspect = suspects.find(([, { size }]) => size > items * maxShare);
  return suspect && { reason: suspect[0], poison: suspect[1].size, items };
}

/** Poison, or put aside as such. */
function isAside(state: RecordState): boolean {
  return isPoison(state) || state.status === 'quarantined';
}

function counts(state: RecordState): boolean {
  switch (state.status) {
    case 'planned':
      return !asksNothing(state.commands);
    case 'quarantined':
      return !state.before;
    case 'parked':
      return state.why !== undefined;
    case 'applied':
    case 'failed':
      return true;
    case 'duplicate': // of a change that stands earlier in the batch
    case 'ignored':
      return false;
  }
}

import { newest, type NonEmpty } from '../domain/coalesce.ts';
import type { Change } from '../domain/change.ts';
import type { Attempted, EffectSettler } from './retry.ts';
import type { TimeLimit } from './time-limit.ts';
import type { FailedCommands } from './use-case-result.ts';

/**
 * Settles one effect for each group of commands: the effect that the group's newest change decides.
 *
 * What makes such an effect impossible for good is in the change that decided it. So a `permanent` fault is noted for
 * that change alone, and the effect is decided again by the group's others, until it is done or none is left. Any other
 * fault is noted for all that are left: they rest on the one effect.
 *
 * @param attempt gets the groups that are left, each without the changes that have failed for good, and gives a result
 *   for each, in their order.
 * @returns the groups whose effect is done, each as it was when it was.
 */
export async function settleGroups<T extends { readonly change: Change }>(
  settler: EffectSettler,
  groups: readonly NonEmpty<T>[],
  attempt: (pending: readonly NonEmpty<T>[], signal: AbortSignal) => Promise<readonly Attempted[]>,
  limit: TimeLimit,
  failed: FailedCommands,
): Promise<readonly NonEmpty<T>[]> {
  const done: NonEmpty<T>[] = [];
  for (let pending = groups; pending.length > 0;) {
    const faults = await settler.settle(pending, attempt, limit);
    const again: NonEmpty<T>[] = [];
    for (const [index, group] of pending.entries()) {
      const fault = faults[index];
      if (fault === undefined) done.push(group);
      else if (fault.kind !== 'permanent') failed.add(group, fault);
      else {
        const deciding = newest(group);
        failed.add([deciding], fault);
        const [first, ...others] = group.filter((command) => command !== deciding);
        if (first !== undefined) again.push([first, ...others]);
      }
    }
    pending = again;
  }
  return done;
}

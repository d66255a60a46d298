import { newest, type NonEmpty } from '../domain/coalesce.ts';
import type { Change } from '../domain/change.ts';
import type { Fault } from '../domain/fault.ts';
import type { Attempt, Retrier } from './retry.ts';
import type { TimeLimit } from './time-limit.ts';

/** What became of one effect for each group of commands. */
export interface GroupResults<T> {
  /** The groups whose effect is done, without the changes that had failed for good before. */
  readonly done: readonly NonEmpty<T>[];
  /** The changes whose effect did not take place, each with the reason. */
  readonly failed: ReadonlyMap<Change, Fault>;
}

/**
 * Carries out one effect for each group of commands: the effect that the group's newest change decides.
 *
 * What makes such an effect impossible for good is in the change that decided it. So a `permanent` fault counts for that
 * change alone, and the group's others decide the effect again, until it is done or none is left. Any other fault counts
 * for all that are left: they depend on the one effect.
 *
 * @param attempt gets each group without the changes that have failed for good.
 */
export async function retryGroups<T extends { readonly change: Change }>(
  retrier: Retrier,
  groups: readonly NonEmpty<T>[],
  attempt: Attempt<NonEmpty<T>>,
  limit: TimeLimit,
): Promise<GroupResults<T>> {
  const done: NonEmpty<T>[] = [];
  const failed = new Map<Change, Fault>();
  for (let pending = groups; pending.length > 0;) {
    const faults = await retrier.run(pending, attempt, limit);
    const again: NonEmpty<T>[] = [];
    for (const [index, group] of pending.entries()) {
      const fault = faults[index];
      if (fault === undefined) {
        done.push(group);
        continue;
      }
      const deciding = newest(group);
      const [first, ...others] = group.filter((command) => command !== deciding);
      if (fault.kind === 'permanent' && first !== undefined) again.push([first, ...others]);
      for (const { change } of fault.kind === 'permanent' ? [deciding] : group) failed.set(change, fault);
    }
    pending = again;
  }
  return { done, failed };
}

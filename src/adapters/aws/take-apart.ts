import { Fault } from '../../domain/fault.ts';
import { concurrently } from './concurrently.ts';
import { Refusal } from './refusal.ts';

/**
 * How many items may be refused one by one before any is taken. So many bad ones in a row are less likely than a
 * resource that takes nothing, and asking it for each item would be a request an item.
 */
const ENOUGH = 5;

/**
 * Sends groups of items, at most `concurrency` at a time, and takes apart those that are refused, in halves, until
 * single items are left. An item that is refused alone while another item of the call is taken is poison, and gets a
 * `permanent` Fault; where none is taken, whatever was refused keeps its `configuration` fault.
 *
 * Once five items have been refused one by one and none has been taken, nothing is taken apart any more.
 *
 * @param send gives one result an item, in their order; items that share one `Refusal` were refused together. It
 *   must not throw.
 * @returns one result an item, all items of all groups.
 */
export async function takeApart<T, R extends string>(
  groups: readonly (readonly T[])[],
  concurrency: number,
  send: (group: readonly T[]) => Promise<readonly (R | Fault)[]>,
): Promise<ReadonlyMap<T, R | Fault>> {
  const results = new Map<T, R | Fault>();
  const alone = new Map<T, Refusal>();
  const taken = new Set<T>();

  const run = async (group: readonly T[]): Promise<void> => {
    const answers = await send(group);
    const refused = new Map<Refusal, T[]>();
    for (const [index, item] of group.entries()) {
      const answer = answers[index] ?? new Fault('transient', 'the service gave no result for this item');
      results.set(item, answer);
      if (answer instanceof Refusal) {
        const together = refused.get(answer);
        if (together === undefined) refused.set(answer, [item]);
        else together.push(item);
      } else if (!(answer instanceof Fault) && answer !== 'conflict') taken.add(item);
    }
    for (const [refusal, items] of refused) await split(items, refusal);
  };

  const split = async (items: readonly T[], refusal: Refusal): Promise<void> => {
    const [only] = items;
    if (only !== undefined && items.length === 1) {
      alone.set(only, refusal);
      return;
    }
    const middle = Math.ceil(items.length / 2);
    for (const half of [items.slice(0, middle), items.slice(middle)])
      if (taken.size > 0 || alone.size < ENOUGH) await run(half);
  };

  await concurrently(groups, concurrency, run);
  if (taken.size > 0)
    for (const [item, refusal] of alone)
      if (refusal.refusedFor === 'item') results.set(item, refusal.asPoison());
  return results;
}

import pMap from 'p-map';
import { Fault } from '../../domain/fault.ts';
import { Refusal } from './refusal.ts';

/**
 * How many items may be refused one by one before any is taken. So many bad ones in a row are less likely than a
 * resource that takes nothing, and finding that out for each item would take one request per item.
 */
const MAX_REFUSED_ALONE = 5;

/**
 * Sends groups of items, round by round and at most `concurrency` at a time, and splits those that are refused into halves, so that one item
 * does not keep the others from being taken. An item whose content is refused when it is asked for alone has a
 * `permanent` Fault, whatever becomes of the others; whatever else is refused keeps its `configuration` fault.
 *
 * Once five items have been refused one by one, and not for their content, and none has been taken, nothing is split
 * any more but what is refused for its content.
 *
 * @param send gives one result per item, in their order; items that share one `Refusal` were refused together. What
 *   it throws is thrown, and no further group starts.
 * @returns one result per item, all items of all groups.
 */
export async function splitRefused<T, R extends string>(
  rounds: readonly (readonly (readonly T[])[])[],
  concurrency: number,
  send: (group: readonly T[]) => Promise<readonly (R | Fault)[]>,
): Promise<ReadonlyMap<T, R | Fault>> {
  const results = new Map<T, R | Fault>();
  // Groups share these, so their timing decides how far a group is split that is refused for something else than content.
  // At worst that finds poison at a later delivery, as what is not split keeps its `configuration` fault and comes again.
  // No item is ever called poison wrongly: that takes a refusal of its own content, alone.
  let refusedAlone = 0;
  let isAnyTaken = false;

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
      } else if (answer === 'done') isAnyTaken = true;
    }
    for (const [refusal, items] of refused) await split(items, refusal);
  };

  const split = async (items: readonly T[], refusal: Refusal): Promise<void> => {
    const isContent = refusal.refused === 'content';
    const [only] = items;
    if (only !== undefined && items.length === 1) {
      if (!isContent) refusedAlone++;
      results.set(only, refusal.ofOneItem());
      return;
    }
    const middle = Math.ceil(items.length / 2);
    for (const half of [items.slice(0, middle), items.slice(middle)])
      if (isContent || isAnyTaken || refusedAlone < MAX_REFUSED_ALONE) await run(half);
  };

  for (const groups of rounds) await pMap(groups, run, { concurrency });
  return results;
}

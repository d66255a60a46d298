import type { Change } from '../domain/change.ts';
import type { Fault } from '../domain/fault.ts';
import { isLacked } from './plan-batch.ts';
import type { TableReplica } from './ports/table-replica.ts';
import type { Retrier } from './retry.ts';
import type { TimeLimit } from './time-limit.ts';

/** What became of changes that a replica was to be given. */
export interface Replicated {
  readonly failed: ReadonlyMap<Change, Fault>;
  /** Changes behind a failed one of their item, each with that one's fault: the replica was not given them. */
  readonly waiting: ReadonlyMap<Change, Fault>;
  /** Those that do not follow on from the rows as the replica had them. */
  readonly unconnected: ReadonlySet<Change>;
}

export interface ReplicateDependencies {
  readonly replica: TableReplica;
  readonly retrier: Retrier;
}

/** Where there is no replica. */
export const NOTHING_REPLICATED: Replicated = {
  failed: new Map(),
  waiting: new Map(),
  unconnected: new Set(),
};

/**
 * Gives changes to a replica, in their order, but for those that it can do without. Where it refuses them for what one of them holds, which
 * it does not tell, each half is given to it by itself, and so on: one row that can never be kept fails alone, and nothing good is taken for
 * poison with it.
 */
export async function replicate(
  changes: readonly Change[],
  { replica, retrier }: ReplicateDependencies,
  limit: TimeLimit,
): Promise<Replicated> {
  const failed = new Map<Change, Fault>();
  const waiting = new Map<Change, Fault>();
  const unconnected = new Set<Change>();
  const failedItems = new Map<string, Fault>();

  const isBehind = (change: Change) => {
    const fault = failedItems.size === 0 ? undefined : failedItems.get(change.item);
    if (fault !== undefined) waiting.set(change, fault);
    return fault !== undefined;
  };

  const give = async (given: readonly Change[]): Promise<void> => {
    const some = given.filter((change) => !isBehind(change));
    const kept = some.filter((change) => !isLacked(change, replica));
    if (kept.length === 0) return;
    const apply = async () => {
      for (const change of await replica.apply(kept)) unconnected.add(change);
      return ['done'] as const;
    };
    const [fault] = await retrier.run([kept], apply, limit);
    if (fault === undefined) return;
    if (fault.kind === 'permanent' && kept.length > 1) {
      const middle = Math.ceil(some.length / 2);
      await give(some.slice(0, middle));
      await give(some.slice(middle));
      return;
    }
    const wanted = new Set(kept);
    for (const change of some) {
      if (!wanted.has(change)) {
        isBehind(change);
        continue;
      }
      failed.set(change, fault);
      failedItems.set(change.item, fault);
    }
  };

  await give(changes);
  return { failed, waiting, unconnected };
}

import { ReconcileDefaultImage } from '../../../src/application/reconcile-default-image.ts';
import type { TableReplica } from '../../../src/application/ports/table-replica.ts';
import type { Retrier } from '../../../src/application/retry.ts';
import type { TimeLimit } from '../../../src/application/time-limit.ts';
import type { ReconcileDefaultImageCommand } from '../../../src/domain/command.ts';
import type { Change } from '../../../src/domain/change.ts';
import { replicaWith } from '../../../src/simulation/world/ports.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

/** The replica of one worker, and what it is still to be given. */
interface Late {
  readonly replica: TableReplica;
  waiting: readonly Change[];
}

// A table is always ahead of its stream. A replica that is not decides on images as they were before the batch.
export const mutant: Mutant = {
  mistake: "On backends that keep the rows, a batch's rows are applied after its effects.",
  variant: () => {
    let late: Late | undefined;
    return {
      // Called for one worker, and before its use cases are made.
      ports: (ports) => {
        const mine: Late | undefined = ports.replica && { replica: ports.replica, waiting: [] };
        late = mine;
        const wait = (changes: readonly Change[]) => {
          if (mine !== undefined) mine.waiting = changes;
          return Promise.resolve([]);
        };
        return { ...ports, replica: mine && replicaWith(wait) };
      },
      defaultImages: (images, retrier) => {
        const useCase = new ReconcileDefaultImage(images, retrier);
        return late === undefined ? useCase : thenReplicating(useCase, retrier, late);
      },
    };
  },
};

function thenReplicating(useCase: ReconcileDefaultImage, retrier: Retrier, late: Late) {
  const reconcile = useCase.execute.bind(useCase);
  const execute = async (commands: readonly ReconcileDefaultImageCommand[], limit: TimeLimit) => {
    const changes = late.waiting;
    const result = await reconcile(commands, limit);
    if (changes.length === 0) return result;
    const apply = async () => {
      await late.replica.apply(changes);
      return ['done'] as const;
    };
    const [fault] = await retrier.run([changes], apply, limit);
    if (fault === undefined) return result;
    return {
      ...result,
      failed: new Map([...result.failed, ...changes.map((change) => [change, fault] as const)]),
    };
  };
  return Object.assign(useCase, { execute });
}

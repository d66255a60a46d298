import { ReconcileDefaultImage } from '../../../src/application/reconcile-default-image.ts';
import type { ImageRepository } from '../../../src/application/ports/image-repository.ts';
import { TableReplica } from '../../../src/application/ports/table-replica.ts';
import type { Retrier } from '../../../src/application/retry.ts';
import { NO_LIMIT, type TimeLimit } from '../../../src/application/time-limit.ts';
import type { Change } from '../../../src/domain/change.ts';
import type { ReconcileDefaultImageCommand } from '../../../src/domain/command.ts';
import type { Mutant } from '../runs/variant.ts';

// A table is always ahead of its stream. A replica that is not decides on images as they were before the batch.
export const mutant: Mutant = {
  mistake: "On backends that keep the rows, a batch's rows are applied after its effects.",
  variant: () => {
    let late: LateReplica | undefined;
    return {
      // Called for one worker, and before its use cases are made.
      ports: (ports) => {
        late = ports.replica && new LateReplica(ports.replica);
        return { ...ports, replica: late };
      },
      defaultImages: (images, retrier) =>
        late === undefined
          ? new ReconcileDefaultImage(images, retrier)
          : new ReconcileThenReplicate(images, retrier, late),
    };
  },
};

class LateReplica extends TableReplica {
  readonly #replica: TableReplica;
  #changes: readonly Change[] = [];

  constructor(replica: TableReplica) {
    super();
    this.#replica = replica;
  }

  override apply(changes: readonly Change[]): Promise<readonly Change[]> {
    this.#changes = changes;
    return Promise.resolve([]);
  }

  get waiting(): readonly Change[] {
    return this.#changes;
  }

  applyNow(changes: readonly Change[]): Promise<readonly Change[]> {
    return this.#replica.apply(changes);
  }
}

class ReconcileThenReplicate extends ReconcileDefaultImage {
  readonly #retrier: Retrier;
  readonly #late: LateReplica;

  constructor(images: ImageRepository, retrier: Retrier, late: LateReplica) {
    super(images, retrier);
    this.#retrier = retrier;
    this.#late = late;
  }

  override async execute(commands: readonly ReconcileDefaultImageCommand[], limit: TimeLimit = NO_LIMIT) {
    const changes = this.#late.waiting;
    const result = await super.execute(commands, limit);
    if (changes.length === 0) return result;
    const apply = async () => {
      await this.#late.applyNow(changes);
      return ['done'] as const;
    };
    const [fault] = await this.#retrier.run([changes], apply, limit);
    if (fault === undefined) return result;
    return {
      ...result,
      failed: new Map([...result.failed, ...changes.map((change) => [change, fault] as const)]),
    };
  }
}

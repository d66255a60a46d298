import { groupBy, type NonEmpty } from '../domain/coalesce.ts';
import type { ReconcileDefaultImageCommand } from '../domain/command.ts';
import { decideDefaultImage, type DefaultImageDecision } from '../domain/default-image.ts';
import { Fault } from '../domain/fault.ts';
import { entityKey } from '../domain/row.ts';
import type { DefaultImageWrite, ImageRepository } from './ports/image-repository.ts';
import { MAX_ROUNDS } from './rounds.ts';
import { FailedCommands, type UseCaseResult } from './use-case-result.ts';

export type DefaultImageTally = 'created' | 'switched' | 'repaired' | 'removed' | 'kept';

const TALLY = {
  create: 'created',
  switch: 'switched',
  repair: 'repaired',
  remove: 'removed',
  keep: 'kept',
} as const satisfies Record<DefaultImageDecision['action'], DefaultImageTally>;

/** Brings the default rows of a batch's entities into line with their images: each entity once. */
export class ReconcileDefaultImage {
  readonly #images: ImageRepository;

  constructor(images: ImageRepository) {
    this.#images = images;
  }

  /**
   * The tally counts entities. Idempotent and indifferent to order: it decides on what the table holds now, and
   * writes on condition that the default row has not changed since; where it has, it reads and decides again.
   */
  async execute(
    commands: readonly ReconcileDefaultImageCommand[],
  ): Promise<UseCaseResult<DefaultImageTally>> {
    const tally = { created: 0, switched: 0, repaired: 0, removed: 0, kept: 0 };
    const failed = new FailedCommands();
    let pending = [...groupBy(commands, ({ entity }) => entityKey(entity)).values()];

    for (let round = 1; pending.length > 0; round++) {
      const views = await this.#images.load(pending.map(([first]) => first.entity));
      const writes: {
        write: DefaultImageWrite;
        group: NonEmpty<ReconcileDefaultImageCommand>;
        done: DefaultImageTally;
      }[] = [];
      for (const [index, group] of pending.entries()) {
        const view = views[index];
        if (view === undefined || view instanceof Fault) {
          failed.add(group, view);
          continue;
        }
        const decision = decideDefaultImage(view);
        if (decision.action === 'keep') tally.kept++;
        else {
          const image = decision.action === 'remove' ? undefined : decision.image;
          writes.push({ write: { view, image }, group, done: TALLY[decision.action] });
        }
      }

      pending = [];
      if (writes.length === 0) break;
      const results = await this.#images.save(writes.map(({ write }) => write));
      for (const [index, { group, done }] of writes.entries()) {
        const result = results[index];
        if (result === 'saved') tally[done]++;
        else if (result !== 'conflict') failed.add(group, result);
        else if (round < MAX_ROUNDS) pending.push(group);
        else
          failed.add(
            group,
            new Fault('conflict', `the default row kept changing through ${MAX_ROUNDS} attempts`),
          );
      }
    }
    return { failed, tally };
  }
}

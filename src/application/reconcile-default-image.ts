import { groupBy, type NonEmpty } from '../domain/coalesce.ts';
import type { ReconcileDefaultImageCommand } from '../domain/command.ts';
import { contradictsItself, decideDefaultImage, type DefaultImageDecision } from '../domain/default-image.ts';
import { Fault } from '../domain/fault.ts';
import { entityKey } from '../domain/row.ts';
import type { DefaultImageWrite, EntityView, ImageRepository } from './ports/image-repository.ts';
import { type Attempted, type EffectSettler, outOfTime } from './retry.ts';
import { NO_LIMIT, type TimeLimit } from './time-limit.ts';
import { FailedCommands, type UseCaseResult } from './use-case-result.ts';

export type DefaultImageTally = 'created' | 'switched' | 'repaired' | 'removed' | 'kept';

const TALLY = {
  create: 'created',
  switch: 'switched',
  repair: 'repaired',
  remove: 'removed',
  keep: 'kept',
} as const satisfies Record<DefaultImageDecision['action'], DefaultImageTally>;

type Group = NonEmpty<ReconcileDefaultImageCommand>;

/** Brings the default rows of a batch's entities into line with their images: each entity once. */
export class ReconcileDefaultImage {
  readonly #images: ImageRepository;
  readonly #settler: EffectSettler;

  constructor(images: ImageRepository, settler: EffectSettler) {
    this.#images = images;
    this.#settler = settler;
  }

  /**
   * The tally counts entities. Idempotent and indifferent to order: it decides on what the table holds now, and
   * writes on condition that this has not changed since; where it has, or where what it read was true at no moment,
   * it reads and decides again.
   *
   * No single change decides, so a fault of an entity, a `permanent` one too, is of all its changes here. Nothing is
   * lost with those that go to quarantine: the change that mends the image brings the default row into line.
   */
  async execute(
    commands: readonly ReconcileDefaultImageCommand[],
    limit: TimeLimit = NO_LIMIT,
  ): Promise<UseCaseResult<DefaultImageTally>> {
    const tally = { created: 0, switched: 0, repaired: 0, removed: 0, kept: 0 };
    const failed = new FailedCommands();
    const groups = [...groupBy(commands, ({ entity }) => entityKey(entity)).values()];
    const reconcile = (pending: readonly Group[], signal: AbortSignal) =>
      this.#reconcile(pending, tally, signal);
    const faults = await this.#settler.settle(groups, reconcile, limit);
    for (const [index, group] of groups.entries()) {
      const fault = faults[index];
      if (fault !== undefined) failed.add(group, fault);
    }
    return { failed, tally };
  }

  async #reconcile(
    groups: readonly Group[],
    tally: Record<DefaultImageTally, number>,
    signal: AbortSignal,
  ): Promise<readonly Attempted[]> {
    const views = await this.#images.load(
      groups.map(([first]) => first.entity),
      signal,
    );
    const results = new Array<Attempted>(groups.length);
    const writes: { write: DefaultImageWrite; index: number; done: DefaultImageTally }[] = [];
    for (const [index, view] of views.entries()) {
      if (Fault.is(view)) {
        results[index] = view;
        continue;
      }
      if (contradictsItself(view)) {
        results[index] = 'conflict';
        continue;
      }
      const decision = decideDefaultImage(view);
      if (decision.action === 'keep') {
        tally.kept++;
        results[index] = 'done';
      } else writes.push({ write: writeOf(view, decision), index, done: TALLY[decision.action] });
    }
    if (writes.length === 0) return results;

    const saved = signal.aborted
      ? writes.map(() => outOfTime('the default row was not written'))
      : await this.#images.save(
          writes.map(({ write }) => write),
          signal,
        );
    for (const [position, { index, done }] of writes.entries()) {
      const result = saved[position];
      if (result === 'done') tally[done]++;
      results[index] = result;
    }
    return results;
  }
}

function writeOf(
  view: EntityView,
  decision: Exclude<DefaultImageDecision, { action: 'keep' }>,
): DefaultImageWrite {
  return { view, image: decision.action === 'remove' ? undefined : decision.image };
}

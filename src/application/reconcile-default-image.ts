import { groupBy } from '../domain/coalesce.ts';
import type { ReconcileDefaultImageCommand } from '../domain/command.ts';
import { contradictsItself, decidePointer, entityKey, type PointerDecision } from '../domain/pointer.ts';
import type { EntityView, ImageRepository, PointerWrite } from './ports/image-repository.ts';
import { type Decision, readDecideWrite } from './read-decide-write.ts';
import type { Retrier } from './retry.ts';
import { NO_LIMIT, type TimeLimit } from './time-limit.ts';
import type { UseCaseResult } from './use-case-result.ts';

export const ZERO_DEFAULT_IMAGES = { created: 0, switched: 0, repaired: 0, removed: 0, kept: 0 };
export type DefaultImageTally = keyof typeof ZERO_DEFAULT_IMAGES;

const TALLY = {
  create: 'created',
  switch: 'switched',
  repair: 'repaired',
  remove: 'removed',
  keep: 'kept',
} as const satisfies Record<PointerDecision['action'], DefaultImageTally>;

/** Brings the pointers of a batch's entities into line with their rows: each entity once. */
export class ReconcileDefaultImage {
  readonly #images: ImageRepository;
  readonly #retrier: Retrier;

  constructor(images: ImageRepository, retrier: Retrier) {
    this.#images = images;
    this.#retrier = retrier;
  }

  /**
   * The tally counts entities. Idempotent and indifferent to order: it decides on what the table holds now, and
   * writes on condition that this has not changed since; where it has, or where what it read was never true at once,
   * it reads and decides again.
   *
   * No single change decides, so an entity's fault, even a `permanent` one, is a fault of all its changes here. Nothing
   * is lost with those that go to quarantine: the change that mends the row brings the pointer into line.
   */
  async execute(
    commands: readonly ReconcileDefaultImageCommand[],
    limit: TimeLimit = NO_LIMIT,
  ): Promise<UseCaseResult<DefaultImageTally>> {
    const tally = { ...ZERO_DEFAULT_IMAGES };
    const groups = [...groupBy(commands, ({ entity }) => entityKey(entity)).values()];
    const reconcile = readDecideWrite<(typeof groups)[number], EntityView, PointerWrite, DefaultImageTally>(
      {
        load: (pending, signal) =>
          this.#images.load(
            pending.map(([{ entity }]) => entity),
            signal,
          ),
        decide: (_, view) => view && decide(view),
        write: (writes, signal) => this.#images.save(writes, signal),
      },
      tally,
    );
    const faults = await this.#retrier.run(groups, reconcile, limit);
    const failed = new Map(
      groups.flatMap((group, index) => {
        const fault = faults[index];
        return fault === undefined ? [] : group.map(({ change }) => [change, fault] as const);
      }),
    );
    return { failed, tally };
  }
}

function decide(view: EntityView): Decision<DefaultImageTally, PointerWrite> | 'conflict' {
  if (contradictsItself(view)) return 'conflict';
  const decision = decidePointer(view);
  const tally = TALLY[decision.action];
  switch (decision.action) {
    case 'keep':
      return { tally, write: undefined };
    case 'remove':
      return { tally, write: { view, member: undefined } };
    default:
      return { tally, write: { view, member: decision.member } };
  }
}

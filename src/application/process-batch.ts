import { type Change, sameContent } from '../domain/change.ts';
import { type Commands, commandsOf } from '../domain/command.ts';
import { Fault } from '../domain/fault.ts';
import type { Delivery, Outcome, RecordSummary } from './delivery.ts';
import type { Clock } from './ports/clock.ts';
import type { Logger } from './ports/logger.ts';
import type { TableReplica } from './ports/table-replica.ts';
import type { DefaultImageTally, ReconcileDefaultImage } from './reconcile-default-image.ts';
import type { SearchTally, SyncSearchDocument } from './sync-search-document.ts';
import type { MatcherTally, UpdateMatcherTuple } from './update-matcher-tuple.ts';
import { FailedCommands, type UseCaseResult } from './use-case-result.ts';

/** What became of a batch. */
export interface BatchResult {
  /** One outcome a record, in the order of the records. */
  readonly outcomes: readonly Outcome[];
  readonly search: Readonly<Record<SearchTally, number>>;
  readonly defaultImages: Readonly<Record<DefaultImageTally, number>>;
  readonly matcher: Readonly<Record<MatcherTally, number>>;
}

export interface BatchDependencies {
  readonly search: SyncSearchDocument;
  readonly defaultImages: ReconcileDefaultImage;
  readonly matcher: UpdateMatcherTuple;
  /** For backends that keep the table's rows themselves. */
  readonly replica: TableReplica | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Planned {
  readonly change: Change;
  readonly commands: Commands;
}

/**
 * Handles whole batches: plans every record, coalesces what they ask for and runs the three use cases on it.
 *
 * Never throws for what a record holds or for what an effect does: those are outcomes. Once a change of an item
 * has failed, the item's later records in the batch fail too, and nothing of theirs is planned; other items go on.
 */
export class ProcessBatch {
  readonly #deps: BatchDependencies;

  constructor(deps: BatchDependencies) {
    this.#deps = deps;
  }

  async execute(deliveries: readonly Delivery[]): Promise<BatchResult> {
    const started = this.#deps.clock.now();
    const { outcomes, planned } = this.#plan(deliveries);
    const replica = await this.#replicate([...planned.values()]);

    // Effects are computed from the rows: without them none may run.
    const commands = replica.size > 0 ? [] : [...planned.values()].map((plan) => plan.commands);
    const [search, defaultImages, matcher] = await Promise.all([
      settle(
        this.#deps.search,
        commands.flatMap((c) => c.search ?? []),
      ),
      settle(
        this.#deps.defaultImages,
        commands.flatMap((c) => c.image ?? []),
      ),
      settle(
        this.#deps.matcher,
        commands.flatMap((c) => c.matcher ?? []),
      ),
    ]);

    conclude(deliveries, planned, outcomes, [replica, search.failed, defaultImages.failed, matcher.failed]);
    const result: BatchResult = {
      outcomes: outcomes as Outcome[],
      search: { ...NO_TALLIES.search, ...search.tally },
      defaultImages: { ...NO_TALLIES.defaultImages, ...defaultImages.tally },
      matcher: { ...NO_TALLIES.matcher, ...matcher.tally },
    };
    this.#report(deliveries, result, this.#deps.clock.now() - started);
    return result;
  }

  /** Decides, record by record, what to do; records whose outcome that settles already get it. */
  #plan(deliveries: readonly Delivery[]): {
    outcomes: (Outcome | undefined)[];
    planned: Map<number, Planned>;
  } {
    const outcomes = new Array<Outcome | undefined>(deliveries.length);
    const planned = new Map<number, Planned>();
    const failedItems = new Map<string, RecordSummary>();
    const seen = new Map<string, Change>();

    for (const [index, delivery] of deliveries.entries()) {
      if (delivery.kind === 'unrecognised') {
        outcomes[index] = { status: 'ignored' };
        continue;
      }
      const item = delivery.kind === 'change' ? delivery.change.item : delivery.item;
      const behind = item === undefined ? undefined : failedItems.get(item);
      if (behind !== undefined) {
        outcomes[index] = heldBack(behind);
        continue;
      }
      try {
        if (delivery.kind === 'undecodable') throw delivery.fault;
        const { change } = delivery;
        const id = identityKey(change);
        const first = seen.get(id);
        if (first !== undefined) {
          outcomes[index] = repeated(first, change);
          continue;
        }
        const commands = commandsOf(change);
        if (this.#deps.replica !== undefined) checkReplicable(change);
        seen.set(id, change);
        if (Object.keys(commands).length === 0) outcomes[index] = { status: 'ignored' };
        planned.set(index, { change, commands });
      } catch (error) {
        outcomes[index] = { status: 'failed', fault: Fault.from(error), heldBack: false };
        if (item !== undefined) failedItems.set(item, delivery.record);
      }
    }
    return { outcomes, planned };
  }

  async #replicate(planned: readonly Planned[]): Promise<FailedCommands> {
    const failed = new FailedCommands();
    try {
      await this.#deps.replica?.apply(planned.map(({ change }) => change));
    } catch (error) {
      failed.add(planned, Fault.from(error));
    }
    return failed;
  }

  #report(deliveries: readonly Delivery[], result: BatchResult, milliseconds: number): void {
    const { logger } = this.#deps;
    const counts = { applied: 0, ignored: 0, duplicate: 0, failed: 0 };
    const everyRecord = logger.enabled('debug');
    for (const [index, outcome] of result.outcomes.entries()) {
      const record = deliveries[index]?.record;
      counts[outcome.status]++;
      if (everyRecord) logger.log('debug', 'record', { ...record, outcome: outcome.status });
      if (outcome.status !== 'failed') continue;
      if (outcome.heldBack)
        logger.log('warn', 'record held back', { ...record, reason: outcome.fault.message });
      else
        logger.log('error', 'record failed', { ...record, fault: outcome.fault.kind, error: outcome.fault });
    }
    if (!logger.enabled('info')) return;
    const { search, defaultImages, matcher } = result;
    logger.log('info', 'batch', {
      records: deliveries.length,
      ...counts,
      search,
      defaultImages,
      matcher,
      milliseconds,
    });
  }
}

/** The tallies of a batch in which nothing was done. */
export const NO_TALLIES: Pick<BatchResult, 'search' | 'defaultImages' | 'matcher'> = {
  search: { upserts: 0, deletes: 0, unchanged: 0 },
  defaultImages: { created: 0, switched: 0, repaired: 0, removed: 0, kept: 0 },
  matcher: { incremented: 0, decremented: 0, moved: 0, unchanged: 0, stale: 0 },
};

/** Runs a use case; a port that throws has failed every command that it was given. */
async function settle<C extends { readonly change: Change }, Tally extends string>(
  useCase: { execute(commands: readonly C[]): Promise<UseCaseResult<Tally>> },
  commands: readonly C[],
): Promise<{ failed: FailedCommands; tally: Partial<Record<Tally, number>> }> {
  try {
    return await useCase.execute(commands);
  } catch (error) {
    const failed = new FailedCommands();
    failed.add(commands, Fault.from(error));
    return { failed, tally: {} };
  }
}

/** Gives every planned record its outcome: a failed effect fails the records it rests on, and their items' later ones. */
function conclude(
  deliveries: readonly Delivery[],
  planned: ReadonlyMap<number, Planned>,
  outcomes: (Outcome | undefined)[],
  failures: readonly FailedCommands[],
): void {
  const failedItems = new Map<string, RecordSummary>();
  for (const [index, delivery] of deliveries.entries()) {
    if (delivery.kind !== 'change') continue;
    const { item } = delivery.change;
    const behind = failedItems.get(item);
    if (behind !== undefined && outcomes[index]?.status !== 'failed') {
      outcomes[index] = heldBack(behind);
      continue;
    }
    const plan = planned.get(index);
    const fault =
      plan && failures.map((failed) => failed.get(plan.change)).find((found) => found !== undefined);
    if (fault !== undefined) {
      outcomes[index] = { status: 'failed', fault, heldBack: false };
      failedItems.set(item, delivery.record);
    }
    outcomes[index] ??= { status: 'applied' };
  }
}

function heldBack(behind: RecordSummary): Outcome {
  const which = behind.sequenceNumber === undefined ? '' : ` (sequence number ${behind.sequenceNumber})`;
  const message = `held back: an earlier change of the same item failed${which}`;
  return { status: 'failed', fault: new Fault('transient', message), heldBack: true };
}

function repeated(first: Change, again: Change): Outcome {
  if (sameContent(first, again)) return { status: 'duplicate' };
  const message = `two different records of this item carry sequence number ${again.identity.sequence}`;
  throw new Fault('permanent', message);
}

/** A replica keeps whole rows: all of the new image must be there and decode. */
function checkReplicable({ row, after, viewType }: Change): void {
  if (row.kind === 'matcher-tuple') return;
  if (after === 'withheld')
    throw new Fault(
      'configuration',
      `this backend keeps the table's rows, which a stream with view type ${viewType ?? 'unknown'} does not carry: ` +
        "set the table's StreamViewType to NEW_AND_OLD_IMAGES",
    );
  if (after !== 'absent') after.all();
}

function identityKey({ identity, item }: Change): string {
  return `${identity.stream} ${identity.sequence} ${item}`;
}

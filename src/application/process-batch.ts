import type { Change } from '../domain/change.ts';
import type { Fault } from '../domain/fault.ts';
import { deliveredAgain, type Redelivery } from './checkpoint.ts';
import type { Delivery, Outcome } from './delivery.ts';
import type { Clock } from './ports/clock.ts';
import type { Logger } from './ports/logger.ts';
import type { Metrics } from './ports/metrics.ts';
import type { Quarantine } from './ports/quarantine.ts';
import type { TableReplica } from './ports/table-replica.ts';
import type { ReconcileDefaultImage } from './reconcile-default-image.ts';
import { FEWEST_SUSPECTS } from './poison-breaker.ts';
import { BatchPoison, type PoisonListener } from './poison-listener.ts';
import type { ParkItems } from './park/park-items.ts';
import { ParkPoison, type Replicate } from './park/park-poison.ts';
import type { PoisonHandling } from './poison-handling.ts';
import { QuarantinePoison } from './quarantine-poison.ts';
import type { QuarantinedRecords } from './quarantined-records.ts';
import { reportBatch } from './report-batch.ts';
import type { Retrier } from './retry.ts';
import type { SearchResult, SyncSearchDocument } from './sync-search-document.ts';
import { type KindNames, sumOfTallies, type Tallies } from './tallies.ts';
import { NO_LIMIT, type TimeLimit } from './time-limit.ts';
import type { DeriveRows } from './derive-rows.ts';
import type { RunEffects } from './run-effects.ts';
import type { UpdateMatcherTuple } from './update-matcher-tuple.ts';
import { askedBy, planRecords } from './plan-batch.ts';
import { NOTHING_REPLICATED, replicate, type Replicated } from './replicate.ts';
import {
  asksNothing,
  failed,
  outcomesOf,
  type Planned,
  readyPlans,
  type RecordState,
} from './record-state.ts';

/** What became of a batch. */
export interface BatchResult extends Tallies {
  /** One outcome per record, in the order of the records. */
  readonly outcomes: readonly Outcome[];
}

/** What was done of the effects of some records. */
interface Done extends Tallies {
  readonly sending: readonly SearchResult[];
}

export interface BatchDependencies {
  readonly search: SyncSearchDocument;
  readonly defaultImages: ReconcileDefaultImage;
  readonly matcher: UpdateMatcherTuple;
  readonly derivedRows: DeriveRows;
  readonly effects: RunEffects;
  /** For backends that keep the table's rows themselves. */
  readonly replica: TableReplica | undefined;
  /** Where records go that can never be handled; without one, they fail whenever they are delivered, unless their items are parked. */
  readonly quarantine: Quarantine | undefined;
  /** By what their items are parked instead, where they are. */
  readonly parking?: ParkItems | undefined;
  /** At so many deliveries an effect must have failed for its item to be parked; never, unless given. */
  readonly parkAfter?: number | undefined;
  /** Which share of a batch's items may be poison for one reason, and be put aside: above 0, up to 1. */
  readonly quarantineMaxShare: number;
  /** Fewer poison records of one reason than these are never too many to be so. Tests, whose batches are small, set less. */
  readonly fewestSuspects?: number;
  /** What this worker has put there, and need not put there again. Tests look at it, and give it less room. */
  readonly quarantined?: QuarantinedRecords;
  readonly retrier: Retrier;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Told of every record that can never be handled. */
  readonly onPoison?: PoisonListener | undefined;
  /** What the log calls the kinds of derivations: as the fleet's does, unless given. */
  readonly kindNames?: KindNames | undefined;
}

/**
 * Handles whole batches: plans every record, coalesces what they ask for and runs the use cases on it.
 *
 * Never throws for what a record holds or for what an effect does: those are outcomes. Once a change of an item
 * has failed, the item's later records in the batch fail too; other items go on. A record counts as quarantined only
 * once the quarantine has it.
 */
export class ProcessBatch {
  readonly #deps: BatchDependencies;
  readonly #poison: PoisonHandling | undefined;

  constructor(deps: BatchDependencies) {
    this.#deps = deps;
    const { quarantine, parking, parkAfter: after, replica, retrier, clock, metrics, logger } = deps;
    const { quarantineMaxShare: maxShare, fewestSuspects = FEWEST_SUSPECTS, quarantined } = deps;
    const limits = { maxShare, fewestSuspects };
    const toReplica: Replicate = (changes, limit) => this.#replicate(changes, limit);
    if (parking !== undefined)
      this.#poison = new ParkPoison({
        ...{ parking, after, clock, metrics, logger, ...limits },
        replicate: replica && toReplica,
      });
    else if (quarantine !== undefined)
      this.#poison = new QuarantinePoison({ quarantine, retrier, logger, ...limits }, quarantined);
  }

  /**
   * Returns as soon as the time is up, with what is not done by then as failed.
   *
   * Poison goes to quarantine once all that need not wait for it has been carried out; then the later changes of its
   * items follow, of which more may be poison. Where items are parked instead, their later changes are too.
   *
   * @param redelivery what the event source delivers again where something fails.
   */
  async execute(
    deliveries: readonly Delivery[],
    limit: TimeLimit = NO_LIMIT,
    redelivery: Redelivery = 'from the checkpoint',
  ): Promise<BatchResult> {
    const { clock } = this.#deps;
    const started = clock.now();
    const states = planRecords(deliveries, this.#deps.replica);
    const aside = await this.#poison?.begin(deliveries, states, limit);
    let ready = readyPlans(deliveries, states);
    // Effects first: the breaker must see the poison that they reveal before a record is kept. Keeping cannot be undone.
    let done = await this.#carryOut(ready, states, limit);
    const poison = new BatchPoison();
    poison.note(states);
    while ((await aside?.execute(states, limit)) === true) {
      ready = readyPlans(deliveries, states);
      if (ready.size === 0) break;
      const more = await this.#carryOut(ready, states, limit);
      poison.note(states);
      done = { ...sumOfTallies(done, more), sending: [...done.sending, ...more.sending] };
    }

    const { sending, ...tallies } = done;
    const result: BatchResult = { outcomes: outcomesOf(deliveries, states), ...tallies };
    const isDeliveredAgain = deliveredAgain(deliveries, result.outcomes, redelivery);
    for (const each of sending) this.#deps.search.remember(each, isDeliveredAgain);
    await aside?.end(result.outcomes, limit);
    const { onPoison, logger } = this.#deps;
    if (onPoison !== undefined) await poison.tell(onPoison, deliveries, result.outcomes, logger, limit);
    reportBatch(deliveries, result, { started, ended: clock.now() }, this.#deps);
    return result;
  }

  /** Notes for each record whether all that it asks for is done. */
  async #carryOut(
    ready: ReadonlyMap<number, Planned>,
    states: RecordState[],
    limit: TimeLimit,
  ): Promise<Done> {
    const { failed: failures, waiting: some, ...done } = await this.#run([...ready.values()], limit);
    const faultsOf = faultsByRecord(failures);
    const waiting = new Set([...some].map(wholeOf));
    for (const [index, plan] of ready) {
      // It stays planned: it is carried out once what it waits for is in quarantine, and held back otherwise.
      if (waiting.has(plan.change)) continue;
      const faults = faultsOf.get(plan.change) ?? [];
      // In quarantine, an effect that may still happen would be lost: so a fault that may pass goes first.
      const fault = faults.find(({ kind }) => kind !== 'permanent') ?? faults[0];
      if (fault !== undefined) states[index] = failed(fault);
      else states[index] = { status: asksNothing(plan.commands) ? 'ignored' : 'applied' };
    }
    return done;
  }

  async #run(planned: readonly Planned[], limit: TimeLimit) {
    const {
      failed: replica,
      waiting,
      unconnected,
    } = await this.#replicate(
      planned.map(({ change }) => change),
      limit,
    );
    // Effects are computed from the rows: without its row none may run.
    const asked = askedBy(
      planned.filter(({ change }) => !replica.has(change) && !waiting.has(change)),
      unconnected,
    );
    const { commands } = asked;
    // Those that read first: messages are built while they wait for the answers.
    const [defaultImages, matcher, derivedRows, effects, search] = await Promise.all([
      this.#deps.defaultImages.execute(
        commands.filter((command) => command.does === 'pointer'),
        limit,
      ),
      this.#deps.matcher.execute(
        commands.filter((command) => command.does === 'count'),
        limit,
      ),
      this.#deps.derivedRows.execute(
        commands.filter((command) => command.does === 'rows'),
        limit,
      ),
      this.#deps.effects.execute(
        commands.filter((command) => command.does === 'effect'),
        limit,
      ),
      this.#deps.search.execute(
        commands.filter((command) => command.does === 'search'),
        limit,
      ),
    ]);
    return {
      failed: [
        replica,
        asked.failed,
        ...[search, defaultImages, matcher, derivedRows, effects].map(({ failed }) => failed),
      ],
      waiting: new Set([...waiting.keys(), ...asked.waiting, ...derivedRows.waiting, ...effects.waiting]),
      sending: [search],
      search: search.tally,
      defaultImages: defaultImages.tally,
      matcher: matcher.tally,
      derivedRows: derivedRows.tally,
      effects: effects.tally,
    };
  }

  async #replicate(changes: readonly Change[], limit: TimeLimit): Promise<Replicated> {
    const { replica, retrier } = this.#deps;
    return replica === undefined ? NOTHING_REPLICATED : replicate(changes, { replica, retrier }, limit);
  }
}

/** By the change of the record, which the kinds of rows that its row was and is of may see differently. */
function faultsByRecord(
  failed: readonly ReadonlyMap<Change, Fault>[],
): ReadonlyMap<Change, readonly Fault[]> {
  const faults = new Map<Change, Fault[]>();
  for (const [change, fault] of failed.flatMap((faultOf) => [...faultOf])) {
    const known = faults.get(wholeOf(change));
    if (known === undefined) faults.set(wholeOf(change), [fault]);
    else known.push(fault);
  }
  return faults;
}

function wholeOf(change: Change): Change {
  return change.whole ?? change;
}

import type { Change } from '../domain/change.ts';
import { whateverWasBefore } from '../domain/command.ts';
import { Fault } from '../domain/fault.ts';
import { deliveredAgain, type Redelivery } from './checkpoint.ts';
import type { Delivery, Outcome } from './delivery.ts';
import type { Clock } from './ports/clock.ts';
import type { Logger } from './ports/logger.ts';
import type { Metrics } from './ports/metrics.ts';
import type { PoisonRecord, Quarantine } from './ports/quarantine.ts';
import type { TableReplica } from './ports/table-replica.ts';
import type { DefaultImageTally, ReconcileDefaultImage } from './reconcile-default-image.ts';
import { type Suspicion, suspicionOf } from './poison-breaker.ts';
import { reportBatch } from './report-batch.ts';
import type { EffectSettler } from './settle-effects.ts';
import type { SearchTally, SyncSearchDocument } from './sync-search-document.ts';
import { NO_LIMIT, type TimeLimit } from './time-limit.ts';
import type { MatcherTally, UpdateMatcherTuple } from './update-matcher-tuple.ts';
import { FailedCommands } from './use-case-result.ts';
import { conclude, examine, type Planned, poisonAmong, type Verdict } from './verdict.ts';

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
  /** Where records go that can never be handled; without one, they fail for as long as they are delivered. */
  readonly quarantine: Quarantine | undefined;
  readonly settler: EffectSettler;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

const NO_CHANGES: ReadonlySet<Change> = new Set();

/**
 * Handles whole batches: examines every record, coalesces what they ask for and runs the three use cases on it.
 *
 * Never throws for what a record holds or for what an effect does: those are outcomes. Once a change of an item
 * has failed, the item's later records in the batch fail too; other items go on. A record counts as quarantined only
 * once the quarantine has it.
 */
export class ProcessBatch {
  readonly #deps: BatchDependencies;

  constructor(deps: BatchDependencies) {
    this.#deps = deps;
  }

  /**
   * Returns as soon as the time is up, with what is not done by then as failed.
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
    const verdicts = examine(deliveries, this.#deps.replica !== undefined);
    await this.#quarantine(deliveries, verdicts, limit);

    const planned = plannedAmong(conclude(deliveries, verdicts), verdicts);
    const { failures, sending, ...tallies } = await this.#run([...planned.values()], limit);
    for (const [index, { change }] of planned) {
      const faults = failures.flatMap((failed) => failed.get(change) ?? []);
      const fault = faults.find(({ kind }) => kind !== 'permanent') ?? faults[0];
      if (fault !== undefined) verdicts[index] = { kind: 'failed', fault };
    }
    await this.#quarantine(deliveries, verdicts, limit);

    const result: BatchResult = { outcomes: conclude(deliveries, verdicts), ...tallies };
    this.#deps.search.conclude(sending, deliveredAgain(deliveries, result.outcomes, redelivery));
    reportBatch(deliveries, result, { started, ended: clock.now() }, this.#deps);
    return result;
  }

  async #run(planned: readonly Planned[], limit: TimeLimit) {
    const { failed: replica, unconnected } = await this.#replicate(planned, limit);
    // Effects are computed from the rows: without them none may run.
    const commands =
      replica.size > 0
        ? []
        : planned.map((plan) =>
            unconnected.has(plan.change) ? whateverWasBefore(plan.commands) : plan.commands,
          );
    // Those that wait for the table's answers first: messages are made while they do.
    const [defaultImages, matcher, search] = await Promise.all([
      this.#deps.defaultImages.execute(
        commands.flatMap((c) => c.image ?? []),
        limit,
      ),
      this.#deps.matcher.execute(
        commands.flatMap((c) => c.matcher ?? []),
        limit,
      ),
      this.#deps.search.execute(
        commands.flatMap((c) => c.search ?? []),
        limit,
      ),
    ]);
    return {
      failures: [replica, search.failed, defaultImages.failed, matcher.failed],
      sending: search,
      search: search.tally,
      defaultImages: defaultImages.tally,
      matcher: matcher.tally,
    };
  }

  /** `unconnected` are the changes that do not follow on from the rows as the replica had them. */
  async #replicate(planned: readonly Planned[], limit: TimeLimit) {
    const failed = new FailedCommands();
    const { replica, settler } = this.#deps;
    let unconnected = NO_CHANGES;
    if (replica === undefined || planned.length === 0) return { failed, unconnected };
    const apply = async () => {
      unconnected = new Set(await replica.apply(planned.map(({ change }) => change)));
      return ['done'] as const;
    };
    const [fault] = await settler.settle([planned], apply, limit);
    if (fault !== undefined) failed.add(planned, fault);
    return { failed, unconnected };
  }

  /**
   * Puts poison records in quarantine, where there is one, and notes for each whether it is there. Where too many would
   * go there for one reason, none does: see `suspicionOf`.
   */
  async #quarantine(deliveries: readonly Delivery[], verdicts: Verdict[], limit: TimeLimit): Promise<void> {
    const { quarantine, settler } = this.#deps;
    if (quarantine === undefined) return;
    this.#holdBackSuspects(deliveries, verdicts);
    const poison = poisonAmong(deliveries, verdicts).flatMap((index) => {
      const delivery = deliveries[index];
      const verdict = verdicts[index];
      if (delivery === undefined || verdict?.kind !== 'failed') return [];
      return [{ index, record: delivery.record, raw: delivery.raw, fault: verdict.fault }];
    });
    const keep = async (pending: readonly PoisonRecord[], signal: AbortSignal) => {
      const results = await quarantine.keep(pending, signal);
      return results.map((result) => (result === 'kept' ? ('done' as const) : result));
    };
    const faults = await settler.settle(poison, keep, limit);
    for (const [position, { index, fault }] of poison.entries()) {
      const refusal = faults[position];
      verdicts[index] =
        refusal === undefined
          ? { kind: 'quarantined', fault }
          : { kind: 'failed', fault: notQuarantined(fault, refusal) };
    }
  }

  /** Turns what is poison for a suspicious reason into failures that an operator has to look into. */
  #holdBackSuspects(deliveries: readonly Delivery[], verdicts: Verdict[]): void {
    const suspicion = suspicionOf(deliveries, verdicts);
    if (suspicion === undefined) return;
    const { reason, poison, items } = suspicion;
    this.#deps.logger.log('error', 'too many poison records for one reason: none is quarantined for it', {
      reason,
      poison,
      items,
    });
    for (const [index, verdict] of verdicts.entries())
      if (verdict.kind === 'failed' && verdict.fault.kind === 'permanent' && verdict.fault.reason === reason)
        verdicts[index] = { kind: 'failed', fault: suspect(verdict.fault, suspicion) };
  }
}

function suspect(fault: Fault, { poison, items, reason }: Suspicion): Fault {
  return new Fault(
    'configuration',
    `${fault.message}; not quarantined, as ${poison} of ${items} items of the batch fail for this one reason: check the worker's version and what it reads`,
    { cause: fault, reason },
  );
}

function plannedAmong(
  outcomes: readonly Outcome[],
  verdicts: readonly Verdict[],
): ReadonlyMap<number, Planned> {
  const planned = new Map<number, Planned>();
  for (const [index, verdict] of verdicts.entries())
    if (verdict.kind === 'planned' && outcomes[index]?.status !== 'failed') planned.set(index, verdict);
  return planned;
}

/** Never permanent: the quarantine may take the record the next time. */
function notQuarantined({ message }: Fault, refusal: Fault): Fault {
  const kind = refusal.kind === 'configuration' ? 'configuration' : 'transient';
  return new Fault(kind, `${message}; and it is not in quarantine: ${refusal.message}`, {
    cause: refusal,
    reason: `poison is not in quarantine: ${refusal.reason}`,
  });
}

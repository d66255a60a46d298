import { Fault } from '../domain/fault.ts';
import type { Delivery, Outcome } from './delivery.ts';
import { suspicionOf } from './poison-breaker.ts';
import type { PoisonHandling, PoisonOfBatch } from './poison-handling.ts';
import type { Logger } from './ports/logger.ts';
import type { PoisonRecord, Quarantine } from './ports/quarantine.ts';
import { QuarantinedRecords } from './quarantined-records.ts';
import type { Retrier } from './retry.ts';
import { holdBackSuspects } from './suspect-poison.ts';
import type { TimeLimit } from './time-limit.ts';
import { failed, isPoison, quarantinable, type RecordState } from './record-state.ts';

export interface QuarantinePoisonDependencies {
  readonly quarantine: Quarantine;
  readonly retrier: Retrier;
  readonly logger: Logger;
  /** Which share of a batch's items may be poison for one reason: above 0, up to 1. */
  readonly maxShare: number;
  /** Fewer poison items than these are never too many. */
  readonly fewestSuspects: number;
}

/** Puts poison records in quarantine, unless too many of a batch are poison for one reason. */
export class QuarantinePoison implements PoisonHandling {
  readonly #deps: QuarantinePoisonDependencies;
  readonly #quarantined: QuarantinedRecords;

  constructor(deps: QuarantinePoisonDependencies, quarantined = new QuarantinedRecords()) {
    this.#deps = deps;
    this.#quarantined = quarantined;
  }

  async begin(deliveries: readonly Delivery[], states: RecordState[]): Promise<PoisonOfBatch> {
    this.recall(deliveries, states);
    return {
      execute: (ofBatch, limit) => this.execute(deliveries, ofBatch, limit),
      end: async (outcomes) => this.remember(deliveries, outcomes),
    };
  }

  /**
   * Notes which poison records are in quarantine already, as this worker put them there at an earlier delivery.
   *
   * @returns whether any is.
   */
  recall(deliveries: readonly Delivery[], states: RecordState[]): boolean {
    if (this.#quarantined.isEmpty || !states.some(isPoison)) return false;
    let isFound = false;
    // Each once: a digest is computed at each access.
    const digests = deliveries.map(({ digest }) => digest);
    const batch = new Set(digests);
    for (const [index, state] of states.entries()) {
      const digest = digests[index];
      if (!isPoison(state) || digest === undefined || !this.#quarantined.has(digest, batch)) continue;
      states[index] = { status: 'quarantined', fault: state.fault, before: true };
      isFound = true;
    }
    return isFound;
  }

  /**
   * Keeps the poison records that are not in quarantine and wait for nothing, in one call, and notes for each whether it is there.
   * Where too many items would be poison for one reason, nothing is kept, whatever its reason: an operator has to look.
   *
   * @returns whether any was kept, now or before, so that what waits behind it may go on, poison too.
   */
  async execute(deliveries: readonly Delivery[], states: RecordState[], limit: TimeLimit): Promise<boolean> {
    const isRecalled = this.recall(deliveries, states);
    const poison = quarantinable(deliveries, states).flatMap((index) => {
      const delivery = deliveries[index];
      const state = states[index];
      if (delivery === undefined || state?.status !== 'failed') return [];
      return [{ index, record: delivery.record, raw: delivery.raw, fault: state.fault }];
    });
    // Nearly every batch ends here.
    if (poison.length === 0) return isRecalled;
    const suspicion = suspicionOf(deliveries, states, this.#deps);
    if (suspicion !== undefined) {
      holdBackSuspects(states, suspicion, this.#deps, 'quarantined');
      return isRecalled;
    }
    const faults = await this.#keep(poison, limit);
    for (const [position, { index, fault }] of poison.entries()) {
      const refusal = faults[position];
      states[index] =
        refusal === undefined ? { status: 'quarantined', fault } : failed(notQuarantined(fault, refusal));
    }
    return isRecalled || faults.includes(undefined);
  }

  /**
   * To be called when it is known what becomes of a batch. Of one that is delivered again, this worker does not keep
   * again what it has kept; of one that is done nothing is remembered.
   */
  remember(deliveries: readonly Delivery[], outcomes: readonly Outcome[]): void {
    const cause = deliveries[outcomes.findIndex(({ status }) => status === 'failed')];
    for (const [index, { status }] of outcomes.entries()) {
      const delivery = deliveries[index];
      if (delivery === undefined || status !== 'quarantined') continue;
      if (cause === undefined) this.#quarantined.delete(delivery);
      else this.#quarantined.add(delivery, cause);
    }
  }

  #keep(poison: readonly PoisonRecord[], limit: TimeLimit): Promise<readonly (Fault | undefined)[]> {
    const { quarantine, retrier } = this.#deps;
    const keep = (pending: readonly PoisonRecord[], signal: AbortSignal) => quarantine.keep(pending, signal);
    return retrier.run(poison, keep, limit);
  }
}

/** Never permanent: the quarantine may take the record the next time. */
function notQuarantined({ message }: Fault, refusal: Fault): Fault {
  const kind = refusal.kind === 'configuration' ? 'configuration' : 'transient';
  return new Fault(kind, `${message}; and it could not be quarantined: ${refusal.message}`, {
    cause: refusal,
    reason: `poison could not be quarantined: ${refusal.reason}`,
  });
}

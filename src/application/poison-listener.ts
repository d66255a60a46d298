import type { Fault } from '../domain/fault.ts';
import { kindOf } from '../domain/plain-value.ts';
import type { Delivery, Outcome } from './delivery.ts';
import { mapConcurrently } from './map-concurrently.ts';
import type { Logger } from './ports/logger.ts';
import type { PoisonRecord } from './ports/quarantine.ts';
import { isPoison, type RecordState } from './record-state.ts';
import type { TimeLimit } from './time-limit.ts';

/** A record that can never be handled, and what becomes of it. */
export interface PoisonFound extends PoisonRecord {
  /** Whether it is in quarantine now. */
  readonly isQuarantined: boolean;
  /** Whether its item is parked now. If neither, it blocks its shard, and comes again. */
  readonly isParked: boolean;
}

/**
 * Told of every record that can never be handled, at each delivery until it is in quarantine or its item is parked, once it is known what becomes of it.
 * It is only told: whatever it does, the record blocks, or is put aside. A promise is waited for within the batch's
 * time; where it throws, that is logged.
 */
export type PoisonListener = (poison: PoisonFound, context: { readonly signal: AbortSignal }) => unknown;

/** Calls under way at a time. */
const CONCURRENCY = 24;

/** The poison of a batch, and why it is, which its outcome may say in other words. */
export class BatchPoison {
  readonly #faults = new Map<number, Fault>();

  /** Notes what is poison now, and not in quarantine. */
  note(states: readonly RecordState[]): void {
    for (const [index, state] of states.entries()) if (isPoison(state)) this.#faults.set(index, state.fault);
  }

  /** Tells of each. Of those that only wait behind another record of their item, when they come again. */
  async tell(
    listener: PoisonListener,
    deliveries: readonly Delivery[],
    outcomes: readonly Outcome[],
    logger: Logger,
    { signal }: TimeLimit,
  ): Promise<void> {
    const found = [...this.#faults].flatMap(([index, fault]): PoisonFound[] => {
      const [delivery, outcome] = [deliveries[index], outcomes[index]];
      if (delivery === undefined || outcome === undefined) return [];
      if (outcome.status === 'failed' && outcome.heldBack) return [];
      const { record, raw } = delivery;
      // A copy: others log the record and compare it with others of its batch, and what is in quarantine is it.
      return [
        {
          ...{ record: { ...record }, raw: copyOf(raw), fault },
          isQuarantined: outcome.status === 'quarantined',
          isParked: outcome.status === 'parked',
        },
      ];
    });
    if (found.length === 0) return;
    const telling = mapConcurrently(found, CONCURRENCY, async (poison) => {
      try {
        await listener(poison, { signal });
      } catch (error) {
        logger.log('error', 'onPoison failed', { ...poison.record, error: asError(error) });
      }
    });
    await endedBy(telling, signal);
  }
}

/** A deep copy of what came as JSON. What cannot be copied did not come so, and is told of as it is. */
function copyOf(raw: unknown): unknown {
  try {
    return structuredClone(raw);
  } catch {
    return raw;
  }
}

/** Resolves with the work, or when the time is up: then it is left. */
async function endedBy(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  let leave = () => {};
  const timeUp = new Promise<void>((resolve) => {
    leave = resolve;
    signal.addEventListener('abort', leave);
  });
  await Promise.race([work, timeUp]);
  signal.removeEventListener('abort', leave);
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(`it threw ${kindOf(thrown)}`, { cause: thrown });
}

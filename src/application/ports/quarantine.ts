import type { Fault } from '../../domain/fault.ts';
import type { Done } from '../result.ts';
import type { RecordSummary } from '../delivery.ts';

/** A record that can never be handled, with all that is needed to look into it and to handle it after all. */
export interface PoisonRecord {
  /** Where it came from. */
  readonly record: RecordSummary;
  /** The record as it came, complete. */
  readonly raw: unknown;
  /** Why it cannot be handled. */
  readonly fault: Fault;
}

/** Keeps records that can never be handled, so that they need not block those after them. */
export abstract class Quarantine {
  /**
   * Keeps records. One result per record, in the order given.
   *
   * - `done`: kept durably. A Fault: it may or may not have been kept.
   * - Idempotency: none is promised; a record that is sent again may be kept twice.
   * - Rejects once `signal` is aborted: no further request starts, and what was begun may or may not be kept.
   */
  abstract keep(records: readonly PoisonRecord[], signal?: AbortSignal): Promise<readonly Done[]>;
}

import type { Fault } from '../../../../domain/fault.ts';
import { KnownCounts } from './known-counts.ts';

/** What one call of a matcher repository's `apply` knows so far. */
export class ApplyCall {
  readonly signal: AbortSignal | undefined;
  readonly counts = new KnownCounts();
  /** Why nothing more is sent: the last request failed, and not for what it held. */
  failure: Fault | undefined;

  constructor(signal: AbortSignal | undefined) {
    this.signal = signal;
  }
}

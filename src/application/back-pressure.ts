import { Fault, type FaultOptions } from '../domain/fault.ts';

/** Of a service that asks its callers to slow down: whatever is sent to it at once is refused too. */
export class BackPressure extends Fault {
  /** How long it asks its callers to wait, in milliseconds; undefined where it does not say. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, retryAfterMs: number | undefined, options?: FaultOptions) {
    super('transient', message, options);
    this.retryAfterMs = retryAfterMs;
  }
}

import { DEFAULT_MAX_SHARE } from '../application/poison-breaker.ts';
import type { PoisonListener } from '../application/poison-listener.ts';
import { DEFAULT_RETRIES, type RetryPolicy } from '../application/retry.ts';

/** What every worker is told, whatever its backend. */
export interface Settings {
  readonly retries: RetryPolicy;
  /** Which share of a batch's items may be quarantined for one reason: above 0, up to 1. */
  readonly quarantineMaxShare: number;
  /** Told of every record that can never be handled. */
  readonly onPoison?: PoisonListener | undefined;
}

export const DEFAULT_SETTINGS: Settings = {
  retries: DEFAULT_RETRIES,
  quarantineMaxShare: DEFAULT_MAX_SHARE,
};

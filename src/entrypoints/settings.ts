import { DEFAULT_MAX_SHARE } from '../application/poison-breaker.ts';
import { DEFAULT_RETRIES, type RetryPolicy } from '../application/retry.ts';

/** What every worker is told, whatever its backend. */
export interface Settings {
  readonly retries: RetryPolicy;
  /** Which share of a batch's items may be quarantined for one reason: above 0, up to 1. */
  readonly quarantineMaxShare: number;
}

export const DEFAULT_SETTINGS: Settings = {
  retries: DEFAULT_RETRIES,
  quarantineMaxShare: DEFAULT_MAX_SHARE,
};

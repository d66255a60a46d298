import { DEFAULT_MAX_SHARE } from '../application/poison-breaker.ts';
import type { PoisonListener } from '../application/poison-listener.ts';
import { DEFAULT_RETRIES, type RetryPolicy } from '../application/retry.ts';

/**
 * What becomes of records that can never be handled: `block` their shard, go to `quarantine`, or `park` their item: its changes wait, acknowledged, until
 * it is redriven.
 */
export type Poison = 'block' | 'quarantine' | 'park';

/** What every worker is told, whatever its backend. */
export interface Settings {
  readonly retries: RetryPolicy;
  /** Which share of a batch's items may be quarantined, or parked, for one reason: above 0, up to 1. */
  readonly quarantineMaxShare: number;
  /** What becomes of records that can never be handled. Unless given, they go to quarantine where there is one, and block otherwise. */
  readonly poison?: Poison | undefined;
  /** Where items are parked, at so many deliveries an effect must have failed for its item to be; never, unless given. */
  readonly parkAfter?: number | undefined;
  /** Told of every record that can never be handled. */
  readonly onPoison?: PoisonListener | undefined;
}

export const DEFAULT_SETTINGS: Settings = {
  retries: DEFAULT_RETRIES,
  quarantineMaxShare: DEFAULT_MAX_SHARE,
};

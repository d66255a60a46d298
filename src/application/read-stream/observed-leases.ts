import type { ShardState } from '../../domain/shard.ts';

interface Observed {
  readonly mark: string;
  readonly since: number;
  /** Whether it was another before: somebody renews it. */
  readonly hasChanged: boolean;
}

/** For how long leases have been the same, by the observer's own time: a lease has none. */
export class ObservedLeases {
  #seen = new Map<string, Observed>();

  /** @param now by the monotonic clock, when they were loaded: they may have been renewed until then. */
  observe(shards: readonly ShardState[], now: number): void {
    const seen = new Map<string, Observed>();
    for (const { id, lease } of shards) {
      const mark = `${lease.epoch} ${lease.renewals} ${lease.owner}`;
      const before = this.#seen.get(id);
      seen.set(id, before?.mark === mark ? before : { mark, since: now, hasChanged: before !== undefined });
    }
    this.#seen = seen;
  }

  /** Whether a shard's lease was seen to change. */
  hasChanged(shard: string): boolean {
    return this.#seen.get(shard)?.hasChanged === true;
  }

  /** How long a shard's lease has been the same, in milliseconds, by the time at which it was asked for last. */
  unchangedMs(shard: string, now: number): number {
    return now - (this.#seen.get(shard)?.since ?? now);
  }
}

import { leasesToClaim } from '../../domain/lease-share.ts';
import { readable } from '../../domain/shard-order.ts';
import type { Lease, ShardState } from '../../domain/shard.ts';
import { PartlyWritten } from '../ports/partly-written.ts';
import type { Claim } from '../ports/shard-states.ts';
import type { ReadStreamDependencies } from './dependencies.ts';
import { ObservedLeases } from './observed-leases.ts';
import type { ReadStreamOptions } from './options.ts';

interface HeldLease {
  readonly epoch: number;
  /** When it was asked for or renewed last, by the monotonic clock. */
  renewedAt: number;
}

/**
 * The leases of one process. All decisions on time are by its own monotonic clock: whoever has not renewed a lease for the
 * failover time takes it for lost, and so do the others.
 */
export class LeaseKeeping {
  readonly #deps: ReadStreamDependencies;
  readonly #failoverMs: number;
  readonly #mayTake: boolean;
  readonly #lost: (shard: string) => void;
  readonly #observed = new ObservedLeases();
  readonly #held = new Map<string, HeldLease>();

  /**
   * @param lost is told of each lease that is somebody else's by now, or may be.
   */
  constructor(
    deps: ReadStreamDependencies,
    { failoverMs, once }: Pick<ReadStreamOptions, 'failoverMs' | 'once'>,
    lost: (shard: string) => void,
  ) {
    this.#deps = deps;
    this.#failoverMs = failoverMs;
    // Who does not stay takes nothing from those who do.
    this.#mayTake = !once;
    this.#lost = lost;
  }

  /** The epoch of a lease that is held. */
  epochOf(shard: string): number | undefined {
    return this.#held.get(shard)?.epoch;
  }

  /** Whether nobody can have taken over a shard's lease for lack of a renewal. */
  isSure(shard: string): boolean {
    const lease = this.#held.get(shard);
    return lease !== undefined && this.#deps.monotonic.elapsed() - lease.renewedAt < this.#failoverMs;
  }

  /**
   * Renews what is held. What cannot be renewed is lost once it is too old.
   *
   * @throws Fault when it is not known of all whether they are renewed.
   */
  async renew(signal: AbortSignal): Promise<void> {
    const { states, source, owner, monotonic } = this.#deps;
    this.#loseOld();
    if (this.#held.size === 0) return;
    const before = monotonic.elapsed();
    const held = this.#claims();
    const renewed = (refused: readonly string[], unknown: ReadonlySet<string>) => {
      const lost = new Set(refused);
      for (const { shard, epoch } of held) {
        const lease = this.#held.get(shard);
        if (lease?.epoch !== epoch || unknown.has(shard)) continue;
        if (lost.has(shard)) this.lose(shard);
        else lease.renewedAt = before;
      }
    };
    try {
      renewed(await states.renew(source.arn, held, owner, signal), new Set());
    } catch (error) {
      if (error instanceof PartlyWritten) renewed(error.refused, error.unknown);
      throw error;
    }
  }

  /**
   * Claims what this process is to read.
   *
   * @param noted all shards, asked for at `askedAt` and loaded at `loadedAt` by the monotonic clock: what is the same was so from the
   *   end of one load to the beginning of another.
   * @returns those that were got.
   * @throws Fault when it is not known what was got.
   */
  async claim(
    noted: readonly ShardState[],
    { askedAt, loadedAt }: { readonly askedAt: number; readonly loadedAt: number },
    signal: AbortSignal,
  ): Promise<readonly ShardState[]> {
    const { states, source, owner, random, monotonic } = this.#deps;
    this.#observed.observe(noted, loadedAt);
    // In an order of their own, or several processes would all ask for the same.
    const shuffled = readable(noted)
      .map((shard) => ({ shard, place: random.next() }))
      .toSorted((a, b) => a.place - b.place)
      .map(({ shard }) => shard);
    const isFree = (shard: ShardState) => this.#isFree(shard, askedAt);
    const wanted = leasesToClaim(shuffled, owner, isFree, this.#mayTake);
    if (wanted.length === 0) return [];
    const before = monotonic.elapsed();
    const claims = wanted.map(({ id, lease }) => ({
      ...{ shard: id, epoch: lease.epoch },
      failoverMs: this.#failoverMs,
    }));
    const got = await states.claim(source.arn, claims, owner, signal);
    for (const { id, lease } of got) this.#held.set(id, { epoch: lease.epoch, renewedAt: before });
    return got;
  }

  /**
   * Whether somebody else is known to read a shard: they renewed its lease, and not too long ago.
   *
   * @param now when it was asked for, by the monotonic clock.
   */
  isOthers({ id, lease }: ShardState, now: number): boolean {
    if (lease.owner === '' || lease.owner === this.#deps.owner || !this.#observed.hasChanged(id))
      return false;
    // It is renewed every third of it.
    return this.#observed.unchangedMs(id, now) <= this.#failoverOf(lease) / 2;
  }

  /**
   * Gives back all that is held.
   *
   * @throws Fault when it is not known what was: it can be done again.
   */
  async release(signal: AbortSignal): Promise<void> {
    const { states, source, owner } = this.#deps;
    const held = this.#claims();
    if (held.length > 0) await states.release(source.arn, held, owner, signal);
    this.#held.clear();
  }

  /** A shard is complete: nobody reads it any more, also not by a lease that was got since it was at this epoch. */
  drop(shard: string, epoch: number): void {
    if (this.#held.get(shard)?.epoch === epoch) this.#held.delete(shard);
    else this.lose(shard);
  }

  /** A lease is somebody else's. */
  lose(shard: string): void {
    if (this.#held.delete(shard)) this.#lost(shard);
  }

  #loseOld(): void {
    for (const shard of [...this.#held.keys()]) if (!this.isSure(shard)) this.lose(shard);
  }

  #claims(): readonly Claim[] {
    return Array.from(this.#held, ([shard, { epoch }]) => ({ shard, epoch }));
  }

  #isFree({ id, lease }: ShardState, now: number): boolean {
    if (this.#held.has(id)) return false;
    // One's own that is not held: the answer to the claim was lost.
    if (lease.owner === '' || lease.owner === this.#deps.owner) return true;
    return this.#observed.unchangedMs(id, now) >= this.#failoverOf(lease);
  }

  /** Its owner's, who renews it for that, and counts on it. */
  #failoverOf({ failoverMs }: Lease): number {
    return failoverMs ?? this.#failoverMs;
  }
}

import type { Gap, Lease, NewShard, ShardState } from './shard.ts';
import { compareSequences } from './version.ts';

/** A claim of a lease, or one that is held: of the shard, at the epoch. */
interface AtEpoch {
  readonly shard: string;
  readonly epoch: number;
}

interface AskedFor extends AtEpoch {
  readonly failoverMs?: number;
}

/** What is noted of one stream. */
export interface NotedStream {
  readonly shards: readonly ShardState[];
  readonly gaps: readonly Gap[];
}

const NOBODY: Lease = { owner: '', epoch: 0, renewals: 0 };

/** What is noted of the shards of one stream, in memory: the rules by which it changes. */
export class ShardBook {
  readonly #shards: Map<string, ShardState>;
  readonly #gaps: Map<string, Gap>;

  constructor({ shards, gaps }: NotedStream = { shards: [], gaps: [] }) {
    this.#shards = new Map(shards.map((state) => [state.id, state]));
    this.#gaps = new Map(gaps.map((gap) => [gapName(gap), gap]));
  }

  get shards(): readonly ShardState[] {
    return [...this.#shards.values()];
  }

  get gaps(): readonly Gap[] {
    return [...this.#gaps.values()];
  }

  add(shards: readonly NewShard[]): void {
    for (const { id, parent, start, first } of shards) {
      if (this.#shards.has(id)) continue;
      const begun = first === undefined ? { id, parent, start } : { id, parent, start, first };
      this.#shards.set(id, { ...begun, frontier: undefined, complete: false, lease: NOBODY });
    }
  }

  /** @returns the states of those that are the owner's now, at one epoch more than was asked with. */
  claim(claims: readonly AskedFor[], owner: string): readonly ShardState[] {
    return claims.flatMap(({ shard, epoch, failoverMs }) => {
      const state = this.#shards.get(shard);
      // Asked again, since the answer was lost.
      if (state?.lease.owner === owner && state.lease.epoch === epoch + 1) return [state];
      if (state?.lease.epoch !== epoch) return [];
      const lease = { owner, epoch: epoch + 1, renewals: 0 };
      return [this.#lease(state, failoverMs === undefined ? lease : { ...lease, failoverMs })];
    });
  }

  /** @returns those that are not the owner's. */
  renew(held: readonly AtEpoch[], owner: string): readonly string[] {
    return held.flatMap((one) => {
      const state = this.#held(one, owner);
      if (state === undefined) return [one.shard];
      this.#lease(state, { ...state.lease, renewals: state.lease.renewals + 1 });
      return [];
    });
  }

  release(held: readonly AtEpoch[], owner: string): void {
    for (const one of held) {
      const state = this.#held(one, owner);
      if (state !== undefined) this.#lease(state, { ...state.lease, owner: '' });
    }
  }

  /** @returns those whose lease has another epoch. */
  advance(
    moves: readonly (AtEpoch & {
      readonly frontier?: string | undefined;
      readonly complete?: boolean | undefined;
    })[],
  ): readonly string[] {
    return moves.flatMap(({ shard, epoch, frontier, complete = false }) => {
      const state = this.#shards.get(shard);
      if (state?.lease.epoch !== epoch) return [shard];
      this.#shards.set(shard, {
        ...state,
        frontier: furthest(state.frontier, frontier),
        complete: state.complete || complete,
      });
      return [];
    });
  }

  forget(shards: readonly string[]): void {
    const needed = new Set(this.shards.flatMap(({ parent, complete }) => (complete ? [] : [parent])));
    for (const shard of shards) if (!needed.has(shard)) this.#shards.delete(shard);
  }

  noteGaps(gaps: readonly Gap[]): void {
    for (const gap of gaps) {
      const before = this.#gaps.get(gapName(gap));
      if (before === undefined || before.at < gap.at) this.#gaps.set(gapName(gap), gap);
    }
  }

  closeGaps(gaps: readonly Gap[]): void {
    for (const gap of gaps) if (this.#gaps.get(gapName(gap))?.at === gap.at) this.#gaps.delete(gapName(gap));
  }

  #held({ shard, epoch }: AtEpoch, owner: string): ShardState | undefined {
    const state = this.#shards.get(shard);
    return state?.lease.owner === owner && state.lease.epoch === epoch ? state : undefined;
  }

  #lease(state: ShardState, lease: Lease): ShardState {
    const leased = { ...state, lease };
    this.#shards.set(state.id, leased);
    return leased;
  }
}

function furthest(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return compareSequences(b, a) > 0 ? b : a;
}

/** A shard may lose records at several positions. */
function gapName({ shard, reason, after }: Gap): string {
  return JSON.stringify([reason, shard, after]);
}

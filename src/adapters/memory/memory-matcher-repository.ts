import { MatcherRepository } from '../../application/ports/matcher-repository.ts';
import { Fault } from '../../domain/fault.ts';
import { type LinkMove, type LinkState, netDeltas, sameLinkState } from '../../domain/link-move.ts';
import { type Link, linkKey } from '../../domain/row.ts';
import { type Tuple, tupleKey } from '../../domain/tuple.ts';
import type { Result } from '../../application/result.ts';
import { Tombstones } from './tombstones.ts';

/** Tuple counts and link states in memory. */
export class MemoryMatcherRepository extends MatcherRepository {
  readonly #states = new Map<string, LinkState>();
  readonly #removed = new Tombstones();
  readonly #counts = new Map<string, { readonly tuple: Tuple; readonly count: number }>();

  override async load(
    links: readonly Link[],
    signal?: AbortSignal,
  ): Promise<readonly (LinkState | undefined)[]> {
    signal?.throwIfAborted();
    return links.map((link) => this.#state(linkKey(link)));
  }

  override async apply(moves: readonly LinkMove[], signal?: AbortSignal): Promise<readonly Result[]> {
    signal?.throwIfAborted();
    return moves.map((move) => this.#applyOne(move));
  }

  *tupleCounts(): Generator<{ readonly tuple: Tuple; readonly count: number }> {
    yield* this.#counts.values();
  }

  #applyOne(move: LinkMove): Result {
    const key = linkKey(move.link);
    if (!sameLinkState(this.#state(key), move.from)) return 'conflict';
    const counts = netDeltas([move]).map(({ tuple, delta }) => ({
      tuple,
      count: (this.#counts.get(tupleKey(tuple))?.count ?? 0) + delta,
    }));
    const below = counts.find(({ count }) => count < 0);
    if (below !== undefined)
      return new Fault(
        'configuration',
        `the count of ${tupleKey(below.tuple)} would fall below zero: something other than Contrail changed it`,
        { reason: 'a count would fall below zero' },
      );

    for (const { tuple, count } of counts)
      if (count === 0) this.#counts.delete(tupleKey(tuple));
      else this.#counts.set(tupleKey(tuple), { tuple, count });
    if (move.to.removed) {
      this.#states.delete(key);
      this.#removed.add(key, move.to.version);
    } else {
      this.#states.set(key, move.to);
      this.#removed.delete(key);
    }
    return 'done';
  }

  #state(key: string): LinkState | undefined {
    const version = this.#removed.get(key);
    return version === undefined ? this.#states.get(key) : { version, tuple: undefined, removed: true };
  }
}

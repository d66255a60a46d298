import { MemoryMatcherRepository } from '../../../src/adapters/memory/memory-matcher-repository.ts';
import type { LinkMove, LinkState } from '../../../src/domain/link-move.ts';
import type { Tuple } from '../../../src/domain/tuple.ts';
import type { Mutant } from '../runs/variant.ts';

// The same mistake as document-ids-joined, in the keys of the counts.
export const mutant: Mutant = {
  mistake: "A tuple's fields are joined without a separator: (C, 172) and (C1, 72) are counted as one.",
  variant: () => ({ counts: () => new JoinedTuples() }),
};

class JoinedTuples extends MemoryMatcherRepository {
  readonly #known = new Map<string, Tuple>();

  override apply(moves: readonly LinkMove[]) {
    return super.apply(
      moves.map(({ link, from, to }) => ({ link, from: from && this.#joined(from), to: this.#joined(to) })),
    );
  }

  /** The tuple that came first stands for all that look like it. */
  #joined(state: LinkState): LinkState {
    const { tuple } = state;
    if (tuple === undefined) return state;
    const text = tuple.manufacturer + tuple.model + tuple.typeDesignator;
    const first = this.#known.get(text) ?? tuple;
    this.#known.set(text, first);
    return { ...state, tuple: first };
  }
}

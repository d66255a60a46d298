import { MemoryMatcherRepository } from '../../../src/adapters/memory/memory-matcher-repository.ts';
import type { Contribution } from '../../../src/domain/count.ts';
import type { CountMove, CountState } from '../../../src/domain/count-move.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

// The same mistake as document-ids-joined, in the keys of the counts.
export const mutant: Mutant = {
  mistake: "A tuple's fields are joined without a separator: (C, 172) and (C1, 72) are counted as one.",
  variant: () => ({ counts: () => new JoinedTuples() }),
};

class JoinedTuples extends MemoryMatcherRepository {
  readonly #known = new Map<string, Contribution>();

  override apply(moves: readonly CountMove[]) {
    return super.apply(
      moves.map(({ source, from, to }) => ({
        source,
        from: from && this.#joined(from),
        to: this.#joined(to),
      })),
    );
  }

  /** The tuple that came first stands for all that look like it. */
  #joined<State extends Pick<CountState, 'contributions'>>(state: State): State {
    const contributions = state.contributions.map((contribution) => {
      const text = Object.values(contribution.tuple).join('');
      const first = this.#known.get(text) ?? contribution;
      this.#known.set(text, first);
      return first;
    });
    return { ...state, contributions };
  }
}

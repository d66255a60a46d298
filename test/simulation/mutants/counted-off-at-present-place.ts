import { newest } from '../../../src/domain/coalesce.ts';
import { contributionOf } from '../../../src/domain/count.ts';
import { decideCountMove } from '../../../src/domain/count-move.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { ruledMatcher, sourceOf, stateAfter } from './parts/ruled-matcher.ts';

// What one would write first: a state that keeps what was counted, and not where. A definition may change.
export const mutant: Mutant = {
  mistake: 'What was counted is taken back where the definition counts it now, and not where it was counted.',
  variant: () => ({
    matcher: (matcher, retrier) =>
      ruledMatcher(matcher, retrier, (group, state) => {
        const source = sourceOf(group);
        const contributions = state?.contributions.map((held) => contributionOf(source.model, held)) ?? [];
        return decideCountMove(source, state && { ...state, contributions }, stateAfter(newest(group)));
      }),
  }),
};

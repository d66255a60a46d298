import { newest } from '../../../src/domain/coalesce.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { ruledMatcher, sourceOf, stateAfter } from './parts/ruled-matcher.ts';

export const mutant: Mutant = {
  mistake:
    "A link's count is moved to whatever a record says, without asking whether something newer was counted.",
  variant: () => ({
    matcher: (matcher, retrier) =>
      ruledMatcher(matcher, retrier, (group, state) => ({
        source: sourceOf(group),
        from: state,
        to: stateAfter(newest(group)),
      })),
  }),
};

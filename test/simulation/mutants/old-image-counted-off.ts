import { newest } from '../../../src/domain/coalesce.ts';
import { compareVersions, passesFence } from '../../../src/domain/version.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { contributionsBefore, ruledMatcher, sourceOf, stateAfter } from './parts/ruled-matcher.ts';

// Fenced, in one transaction, and careful about which of a batch's records are new; but once a record is late or
// lost, what the next one's old image says was never counted.
export const mutant: Mutant = {
  mistake: 'The tuple to take off is that of the old image, and not the one that was counted.',
  variant: () => ({
    matcher: (matcher, retrier) =>
      ruledMatcher(matcher, retrier, (group, state) => {
        const fresh = group
          .filter(({ change }) => passesFence(state?.version, change.version))
          .toSorted((a, b) => compareVersions(a.change.version, b.change.version));
        const [first] = fresh;
        if (first === undefined) return undefined;
        const contributions = contributionsBefore(first);
        return {
          source: sourceOf(group),
          from: state && { ...state, contributions },
          to: stateAfter(newest(group)),
        };
      }),
  }),
};

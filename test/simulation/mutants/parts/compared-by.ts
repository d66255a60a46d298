import type { NonEmpty } from '../../../../src/domain/coalesce.ts';
import type { Change } from '../../../../src/domain/change.ts';
import type { Version } from '../../../../src/domain/version.ts';
import type { Variant } from '../../../../src/simulation/runs/variant.ts';
import { ruledEngine } from './ruled-engine.ts';
import { ruledMatcher, sourceOf, stateAfter } from './ruled-matcher.ts';
import { actionOf, ruledSearch } from './ruled-search.ts';

type Compare = (a: Version, b: Version) => number;

/** A worker and an indexer that compare versions in another way, wherever they do. */
export function comparedBy(compare: Compare): Partial<Variant> {
  const last = <T extends { readonly change: Change }>(commands: NonEmpty<T>): T =>
    commands.reduce((a, b) => (compare(b.change.version, a.change.version) > 0 ? b : a));
  return {
    search: (queue, retrier) =>
      ruledSearch(queue, retrier, (deciding) => {
        const chosen = last(deciding);
        return actionOf(chosen, chosen);
      }),
    matcher: (matcher, retrier) =>
      ruledMatcher(matcher, retrier, (group, state) => {
        const to = stateAfter(last(group));
        const passes = state === undefined || compare(to.version, state.version) > 0;
        return passes ? { source: sourceOf(group), from: state, to } : undefined;
      }),
    ...ruledEngine({ isNewer: (write, last) => compare(write.version, last.version) > 0 }),
  };
}

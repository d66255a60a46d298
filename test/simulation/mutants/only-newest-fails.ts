import type { Change } from '../../../src/domain/change.ts';
import { newest } from '../../../src/domain/coalesce.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { failuresJudged } from './parts/failures-judged.ts';

export const mutant: Mutant = {
  mistake:
    'Of the records that one failed effect stood for, only the newest fails; those before it are acknowledged.',
  variant: () =>
    failuresJudged((groups, failed) => {
      const last = new Set<Change>();
      for (const group of groups) {
        const [first, ...others] = group.filter(({ change }) => failed.has(change));
        if (first !== undefined) last.add(newest([first, ...others]).change);
      }
      return new Map([...failed].filter(([change]) => last.has(change)));
    }),
};

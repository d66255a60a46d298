import type { Change } from '../../../src/domain/change.ts';
import type { Fault } from '../../../src/domain/fault.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { failuresJudged } from './parts/failures-judged.ts';

export const mutant: Mutant = {
  mistake:
    'A change that can never be carried out takes the earlier ones of its item into quarantine, which could be.',
  variant: () => {
    const { search, matcher } = failuresJudged((groups, failed) => {
      const more = new Map<Change, Fault>();
      for (const group of groups) {
        const faults = group.map(({ change }) => failed.get(change));
        const poison = faults.find((fault) => fault?.kind === 'permanent');
        for (const [index, { change }] of group.entries()) {
          const fault = faults[index] ?? poison;
          if (fault !== undefined) more.set(change, fault);
        }
      }
      return more;
    });
    return { search, matcher };
  },
};

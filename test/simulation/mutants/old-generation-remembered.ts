import { Fault } from '../../../src/domain/fault.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { answersOfTables } from './parts/answers-of-tables.ts';

export const mutant: Mutant = {
  mistake:
    'A worker goes on taking a table for the older one that it was, although it has been adopted once more.',
  variant: () => ({
    tables: answersOfTables(() => {
      const first = new Map<string, number>();
      return (answer, tableArn) => {
        if (Fault.is(answer)) return answer;
        const before = first.get(tableArn) ?? answer;
        first.set(tableArn, before);
        return before;
      };
    }),
  }),
};

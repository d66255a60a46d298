import { Fault } from '../../../src/domain/fault.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { answersOfTables } from './parts/answers-of-tables.ts';

export const mutant: Mutant = {
  mistake: 'A worker that has refused a table goes on refusing it, although an operator has let it follow.',
  variant: () => ({
    tables: answersOfTables(() => {
      const refused = new Map<string, Fault>();
      return (answer, tableArn) => {
        const before = refused.get(tableArn);
        if (before === undefined && Fault.is(answer) && answer.kind === 'configuration')
          refused.set(tableArn, answer);
        return before ?? answer;
      };
    }),
  }),
};

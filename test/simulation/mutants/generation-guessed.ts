import { Fault } from '../../../src/domain/fault.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { answersOfTables } from './parts/answers-of-tables.ts';

export const mutant: Mutant = {
  mistake: 'Where the store does not answer, a table is taken for the first one, which it mostly is.',
  variant: () => ({
    tables: answersOfTables(() => (answer) => {
      const isKnown = !Fault.is(answer) || answer.message.includes('adopt-stream');
      return isKnown ? answer : 0;
    }),
  }),
};

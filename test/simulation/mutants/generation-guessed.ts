import { FollowedTables } from '../../../src/application/followed-tables.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { Mutant } from '../runs/variant.ts';

export const mutant: Mutant = {
  mistake: 'Where the store does not answer, a table is taken for the first one, which it mostly is.',
  variant: () => ({
    tables: (...parts) => {
      const tables = new FollowedTables(...parts);
      return {
        generationsOf: async (tableArns, limit) => {
          const found = await tables.generationsOf(tableArns, limit);
          const guessed = [...found].map(([tableArn, answer]) => {
            const isKnown = !Fault.is(answer) || answer.message.includes('adopt-stream');
            return [tableArn, isKnown ? answer : 0] as const;
          });
          return new Map(guessed);
        },
      };
    },
  }),
};

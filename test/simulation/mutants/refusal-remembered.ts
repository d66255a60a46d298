import { FollowedTables } from '../../../src/application/followed-tables.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { Mutant } from '../runs/variant.ts';

export const mutant: Mutant = {
  mistake: 'A worker that has refused a table goes on refusing it, although an operator has let it follow.',
  variant: () => ({
    tables: (...parts) => {
      const tables = new FollowedTables(...parts);
      const refused = new Map<string, Fault>();
      return {
        generationsOf: async (tableArns, limit) => {
          const found = new Map(await tables.generationsOf(tableArns, limit));
          for (const [tableArn, answer] of found) {
            const before = refused.get(tableArn);
            if (before !== undefined) found.set(tableArn, before);
            else if (Fault.is(answer) && answer.kind === 'configuration') refused.set(tableArn, answer);
          }
          return found;
        },
      };
    },
  }),
};

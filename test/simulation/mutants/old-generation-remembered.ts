import { FollowedTables } from '../../../src/application/followed-tables.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { Mutant } from '../runs/variant.ts';

export const mutant: Mutant = {
  mistake:
    'A worker goes on taking a table for the older one that it was, although it has been adopted once more.',
  variant: () => ({
    tables: (...parts) => {
      const tables = new FollowedTables(...parts);
      const first = new Map<string, number>();
      return {
        generationsOf: async (tableArns, limit) => {
          const found = new Map(await tables.generationsOf(tableArns, limit));
          for (const [tableArn, answer] of found)
            if (!Fault.is(answer)) {
              const before = first.get(tableArn) ?? answer;
              first.set(tableArn, before);
              found.set(tableArn, before);
            }
          return found;
        },
      };
    },
  }),
};

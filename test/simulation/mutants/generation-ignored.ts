import type { Mutant } from '../../../src/simulation/runs/variant.ts';

export const mutant: Mutant = {
  mistake:
    'Every table is taken for the first one, so that the labels of streams order changes across tables and regions.',
  variant: () => ({
    tables: () => ({
      generationsOf: (tableArns) => Promise.resolve(new Map([...tableArns].map((tableArn) => [tableArn, 0]))),
    }),
  }),
};

import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { portsWhoseResults } from './parts/ports-whose-results.ts';

export const mutant: Mutant = {
  mistake: 'What became of the first of several transactions is taken for what became of all.',
  variant: () => ({
    ports: ({ queue, ...ports }) => ({
      ...portsWhoseResults({ queue, ...ports }, (results) => results.map((result) => results[0] ?? result)),
      queue,
    }),
  }),
};
